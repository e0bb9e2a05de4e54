import Contracts
import FoundationEssentials
import GatewayCore
import Glibc
import Primitives
import TestSupport
import Testing

struct OwnerKeyTests {
    private struct NoRoom: Error {}

    @Test func theFirstStartMakesOneAndNoLaterOneDoes() async throws {
        try await Studio.with { studio in
            let path = studio.folder.appending("owner.key")
            let isMade = try await studio.gateway.keys.createOwnerKey { try SecretFile.write($0, to: path) }
            #expect(isMade)
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            let key = try #require(studio.gateway.keys.authenticate(String(text.dropLast())))
            #expect(text.last == "\n")
            #expect(key.scopes == [.admin])
            #expect(key.tier == "owner")
            #expect(try await !studio.gateway.keys.createOwnerKey { _ in Issue.record("made again") })
        }
    }

    /// Nobody is locked out when the text could not be handed over: the key must not count then.
    @Test func aKeyThatWasNotDeliveredDoesNotCount() async throws {
        try await Studio.with { studio in
            await #expect(throws: NoRoom.self) { try await studio.gateway.keys.createOwnerKey { _ in throw NoRoom() } }
            let (rows, isMade) = (try await studio.rows("api_key"), try await studio.gateway.keys.createOwnerKey { _ in })
            #expect(rows == 0)
            #expect(isMade)
        }
    }

    @Test func theFileIsPrivateAndReplaced() async throws {
        try await Studio.with { studio in
            let path = studio.folder.appending("owner.key")
            try Data("stale and much longer than what follows\n".utf8).write(to: URL(filePath: path))
            chmod(path, 0o644)
            try SecretFile.write("avs_1", to: path)
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("avs_1\n".utf8))
            #expect(throws: SecretFile.Failure.self) {
                try SecretFile.write("avs_1", to: studio.folder.appending("no/such/owner.key"))
            }
        }
    }
}
