import Contracts
import Foundation
import Glibc
import HTTP
import Primitives
import TestSupport
import Testing

/// Finding sounds again on a running studio: `audio.fingerprint` and the routes of the library.
@Suite(.serialized) struct FingerprintTests {
    /// Different words by the same voice, as a file of the given kind.
    private func speech(_ words: String, _ suffix: String, _ options: [String] = []) async throws -> Bytes {
        try await Recording.made("speech." + suffix) { folder in
            let spoken = try await CommandRun.run("espeak-ng", ["-w", folder + "/raw.wav", words])
            guard spoken.status == 0 else { throw TestStudio.Failure(message: spoken.errors) }
            return ["ffmpeg", "-v", "error", "-i", folder + "/raw.wav"] + options + [folder + "/speech." + suffix]
        }
    }

    private func fingerprint(_ file: String, _ studio: TestStudio, key: String? = nil) async throws -> JSONValue {
        let answer = try await studio.json(
            .post, "/audio/fingerprint", ["input": .string(file)], headers: ["Prefer": "wait=60"], key: key)
        try #require(answer.status == 200, "\(answer.document)")
        return answer.document
    }

    private func matches(_ question: JSONValue, _ studio: TestStudio, key: String? = nil) async throws -> [JSONValue] {
        let answer = try await studio.json(.post, "/audio/fingerprints/search", question, key: key)
        try #require(answer.status == 200, "\(answer.document)")
        return answer.document["matches"]?.arrayValue ?? []
    }

    private static let lecture =
        "Every recording has a sound of its own, and whoever has heard it once will know it again. "
        + "The fingerprint of a song survives the radio, the telephone, and a noisy bar. Twelve notes are enough to name it. "
    private static let other =
        "Seven swimmers crossed the cold lake before breakfast, while the town was still asleep. "
        + "Nobody saw them, except an old dog on the pier, who kept the secret for the rest of his days. "

    @Test func soundIsFoundAgain() async throws {
        let studio = try await TestStudio.start()
        let talk = try await studio.upload(try await speech(Self.lecture, "wav"), name: "talk.wav")
        let copy = try await studio.upload(try await speech(Self.lecture, "mp3", ["-b:a", "64k"]), name: "copy.mp3")
        let clip = try await studio.upload(
            try await speech(Self.lecture, "opus", ["-ss", "3.5", "-b:a", "32k"]), name: "clip.opus")
        let stranger = try await studio.upload(try await speech(Self.other, "wav"), name: "stranger.wav")
        for file in [talk, stranger] { _ = try await fingerprint(file, studio) }
        let copyJob = try await fingerprint(copy, studio)
        let clipJob = try await fingerprint(clip, studio)

        let ofClip = try await matches(["file": .string(clip)], studio)
        #expect(Set(ofClip.compactMap { $0["file"]?.stringValue }) == [talk, copy])
        for match in ofClip {
            #expect(abs((match["offset_seconds"]?.doubleValue ?? 0) - 3.5) < 0.2, "\(match)")
            #expect((match["score"]?.doubleValue ?? 0) > 0.8 && (match["matched_seconds"]?.doubleValue ?? 0) > 5, "\(match)")
        }
        let ofJob = try await matches(["job": try #require(clipJob["id"]), "limit": 1], studio)
        #expect(ofJob.count == 1)
        let text = try #require(copyJob["result"]?["measurements"]?["fingerprint"])
        let ofText = try await matches(["fingerprint": text], studio)
        #expect(ofText.first?["file"]?.stringValue == copy && ofText.count == 3)

        let duplicates = try await studio.json(.get, "/audio/duplicates?coverage=0.9").document["duplicates"]?.arrayValue ?? []
        #expect(duplicates.count == 3 && duplicates.allSatisfy { ($0["coverage"]?.doubleValue ?? 0) >= 0.9 })

        let page = try await studio.json(.get, "/audio/fingerprints?limit=2").document
        #expect(page["fingerprints"]?.arrayValue?.compactMap { $0["file"]?.stringValue } == [clip, copy])
        let rest = try await studio.json(.get, "/audio/fingerprints?before=\(page["next"]?.stringValue ?? "")").document
        #expect(rest["fingerprints"]?.arrayValue?.count == 2)

        let id = try #require(page["fingerprints"]?.arrayValue?.last?["id"]?.stringValue)
        #expect(try await studio.send(.delete, "/audio/fingerprints/\(id)").status == 204)
        #expect(try await studio.send(.delete, "/audio/fingerprints/\(id)").status == 404)
        #expect(try await matches(["file": .string(clip)], studio).compactMap { $0["file"]?.stringValue } == [talk])
        #expect(try await studio.json(.post, "/audio/fingerprints/search", ["file": .string(copy)]).status == 404)
        try await refusesNonsense(studio)
        try await hidesOthers(studio, talk: talk)
        // Nobody is told of a file that is deleted.
        #expect(try await studio.send(.delete, "/files/\(stranger)").status == 204)
        let living = try await studio.json(.get, "/audio/fingerprints").document["fingerprints"]?.arrayValue ?? []
        #expect(Set(living.compactMap { $0["file"]?.stringValue }) == [talk, clip])
        #expect(try await studio.send(.delete, "/files/\(clip)").status == 204)
        #expect(try await matches(["file": .string(talk)], studio).isEmpty)
        #expect(try await studio.json(.get, "/audio/duplicates").document["duplicates"] == [])
        try await studio.stop()
    }

    private func refusesNonsense(_ studio: TestStudio) async throws {
        let bodies: [(JSONValue, String)] = [
            (["fingerprint": "nonsense"], "not-a-fingerprint"), (["fingerprint": "x", "file": "y"], "wrong-type"),
            (["file": "file_nowhere", "limit": 0], "out-of-range"), (["sound": "la"], "unknown-field"), ([:], "wrong-type"),
        ]
        for (body, code) in bodies {
            let answer = try await studio.json(.post, "/audio/fingerprints/search", body)
            #expect(answer.status == 422 && answer.document["code"]?.stringValue == code, "\(answer.document)")
        }
        #expect(try await studio.json(.get, "/audio/duplicates?coverage=2").status == 400)
    }

    /// Somebody else uploads the same sound: neither sees the other's.
    private func hidesOthers(_ studio: TestStudio, talk: String) async throws {
        let made = try await studio.json(
            .post, "/keys", ["name": "bo", "owner": "bo", "scopes": ["files:read", "files:write", "audio:run"]])
        let key = try #require(made.document["secret"]?.stringValue ?? made.document["key"]?.stringValue, "\(made.document)")
        #expect(try await studio.json(.get, "/audio/fingerprints", key: key).document["fingerprints"] == [])
        #expect(try await studio.json(.post, "/audio/fingerprints/search", ["file": .string(talk)], key: key).status == 404)
        let own = try await studio.upload(try await speech(Self.lecture, "flac"), name: "own.flac", key: key)
        _ = try await fingerprint(own, studio, key: key)
        #expect(try await matches(["file": .string(own)], studio, key: key).isEmpty)
        let ours = try await matches(["file": .string(talk)], studio)
        #expect(!ours.contains { $0["file"]?.stringValue == own })
        let page = try await studio.json(.get, "/audio/fingerprints").document["fingerprints"]?.arrayValue ?? []
        let id = try #require(page.first?["id"]?.stringValue)
        #expect(try await studio.send(.delete, "/audio/fingerprints/\(id)", key: key).status == 404)
    }

    /// The service is killed again and again while results come in: each is in the library once.
    @Test func killedServiceKeepsEveryFingerprintOnce() async throws {
        let studio = try await TestStudio.start(environment: ["AVSTUDIO_ACK_WAIT_SECONDS": "2", "AVSTUDIO_SILENCE_SECONDS": "8"])
        var jobs: [String] = []
        for number in 0..<6 {
            let file = try await studio.upload(try await speech("Number \(number). " + Self.lecture, "wav"), name: "\(number).wav")
            let answer = try await studio.json(.post, "/audio/fingerprint", ["input": .string(file)])
            jobs.append(try #require(answer.document["id"]?.stringValue))
        }
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...400)))
            kill(try studio.pid("audio"), SIGKILL)
            try await studio.up()
        }
        let expected = jobs.sorted()
        let known = try await withDeadline(.seconds(90)) {
            while true {
                if let page = try? await studio.json(.get, "/audio/fingerprints").document["fingerprints"]?.arrayValue,
                    page.count >= expected.count
                {
                    return page.compactMap { $0["job"]?.stringValue }
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
        #expect(known.sorted() == expected)
        try await studio.stop()
    }
}
