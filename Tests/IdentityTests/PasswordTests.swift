import Identity
import Primitives
import Testing

struct PasswordTests {
    @Test func aHashFitsItsPasswordOnly() async throws {
        let hasher = PasswordHasher(cost: .least)
        let hash = try await hasher.hash("correct horse battery")
        #expect(hash.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        #expect(try await hasher.verify("correct horse battery", against: hash))
        for wrong in ["", "correct horse batter", "correct horse battery ", "Correct horse battery", hash] {
            #expect(try await !hasher.verify(wrong, against: hash))
        }
        #expect(try await hasher.hash("correct horse battery") != hash)
    }

    /// Made by argon2-cffi 25.1.0: PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash("naïve pässwörd").
    @Test func theHashOfAnotherImplementationFits() async throws {
        let hash = "$argon2id$v=19$m=64,t=2,p=1$o5Gq2En6fMDkgtoVPcYsQA$eCvPnWMba1QITWijRL3XNcAf7MUKUyENmYmsqX36FIQ"
        let hasher = PasswordHasher(cost: .least)
        #expect(try await hasher.verify("naïve pässwörd", against: hash))
        #expect(try await !hasher.verify("naive passwörd", against: hash))
        #expect(hasher.isOutdated(hash))
        #expect(hasher.isOutdated("no hash at all"))
        #expect(!hasher.isOutdated(try await hasher.hash("x")))
    }

    @Test(arguments: ["", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$$", "\u{0}", String(repeating: "$", count: 500)])
    func brokenHashesFitNothing(_ hash: String) async throws {
        #expect(try await !PasswordHasher(cost: .least).verify("", against: hash))
    }

    @Test func aFloodIsRefusedInsteadOfWaiting() async throws {
        let hasher = PasswordHasher(cost: PasswordCost(passes: 1, memory: 1 << 22), threads: 1, waiting: 3)
        let outcomes = await withTaskGroup(of: IdentityError?.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    do throws(IdentityError) {
                        _ = try await hasher.hash("x")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.contains(nil))
        #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy })
        // When the flood is over, all is as before.
        #expect(try await hasher.verify("x", against: hasher.hash("x")))
    }

    @Test func afterTheEndNothingHangs() async {
        let hasher = PasswordHasher(cost: .least)
        hasher.stop()
        await #expect(throws: IdentityError.busy) { try await hasher.hash("x") }
    }

    @Test(arguments: [
        "short", "elevenchars", String(repeating: "a", count: 40), "abababababababab", String(repeating: "abcdef", count: 22),
        "my ann@example.org!", "MY ANN@EXAMPLE.ORG!", "with\u{0}null inside it",
        "e" + String(repeating: "\u{301}", count: 1000) + "abcdefghijklmnop",
    ])
    func passwordsThatDoNotFit(_ password: String) throws {
        let email = try EmailAddress("ann@example.org")
        #expect(throws: IdentityError.self) { try PasswordRules().check(password, email: email) }
    }

    @Test(arguments: [
        "twelve chars", "correct horse battery", "пароль подлиннее", "密码密码很长的密码一二三四",
        String(repeating: "abcdefgh", count: 16),
    ])
    func passwordsThatFit(_ password: String) throws {
        #expect(throws: Never.self) { try PasswordRules().check(password, email: EmailAddress("ann@example.org")) }
    }
}
