import FoundationEssentials
import Primitives
import TestSupport
import Testing

/// What the README says to type does what it says.
@Suite struct ReadmeTests {
    private static let models = Readme.root + "/var/models"
    private static var areModelsWanted: Bool { ClientPrograms.areWanted(models + "/registry.json") }

    /// One shell runs the blocks from top to bottom, as a reader would, in a folder that looks like the project after `deploy/run`.
    @Test(.enabled(if: areModelsWanted, "deploy/models install puts the models here"), .timeLimit(.minutes(8)))
    func everyBlockWorksAsPrinted() async throws {
        let folder = try TemporaryFolder("readme")
        defer { folder.remove() }
        let files = FileManager.default
        let state = folder.appending("var")
        try files.createDirectory(atPath: state, withIntermediateDirectories: true)
        try files.createDirectory(atPath: folder.appending(".build"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder.appending(".build/release"), withDestinationPath: TestStudio.programs)
        try files.createSymbolicLink(atPath: state + "/models", withDestinationPath: Self.models)
        let studio = try await TestStudio.start(state: state)
        // A few seconds of the sample, as what a debug build does with it takes its time.
        let sample = try await CommandRun.run(
            "/bin/bash",
            [
                "-euc",
                """
                "$0/deploy/sample" "$PWD/whole.wav"
                mkdir var/sample
                ffmpeg -v error -i whole.wav -t 8 -c copy var/sample/talk.wav
                cp var/sample/talk.wav meeting.wav
                rm whole.wav
                """, Readme.root,
            ], in: folder.path)
        try #require(sample.status == 0, "\(sample.errors)")

        let sections = [
            "A recording, with curl", "The same, with avstudio", "A meeting", "A film", "What it did, and what it cost", "Alerting",
            "People, organisations and webhooks",
        ]
        var blocks: [String] = []
        for section in sections { blocks += try Readme.snippets(section, "sh") }
        // What it fetches is on the network.
        blocks.removeAll { $0.contains("apt-get") }
        try #require(blocks.count == 10)
        // What a block has in the background holds the outputs open: it must not outlive a block that fails.
        let script = (["set -euo pipefail", "trap 'kill $(jobs -p) 2> /dev/null || true' EXIT"] + blocks).joined(separator: "\n")
            .replacing(":8080", with: ":\(studio.port)")
            .replacing("avstudio doctor", with: "avstudio doctor --var var --port \(studio.port)")
        let run = try await CommandRun.run(
            "/bin/bash", ["-xc", script], environment: ["AVSTUDIO_URL": studio.url], in: folder.path, limit: 420)
        try #require(run.status == 0, "\(String(run.output.suffix(2000)))\n\(String(run.errors.suffix(2000)))")
        #expect(!run.output.contains(#""status":4"#), "\(run.output)")

        for name in [
            "louder.wav", "results.zip", "sample.flac", "meeting.mp3", "levelled.wav", "without-music.wav", "captions.vtt",
            "sheet.jpg", "poster.jpg", "thumbnail.jpg", "captioned.mp4", "upright.mp4", "linkedin.mp4", "joined.mp4", "film.mp3",
            "checks.txt", "burned.mp4",
        ] {
            let size = try files.attributesOfItem(atPath: folder.appending(name))[.size] as? UInt64
            #expect((size ?? 0) > 100, "\(name)")
        }
        #expect(try String(contentsOfFile: folder.appending("captions.vtt"), encoding: .utf8).hasPrefix("WEBVTT"))
        try await expectAMeeting(folder)
        try await studio.stop()
    }

    /// Speakers are named in the captions, and the levelled file is as loud as it was asked to be.
    private func expectAMeeting(_ folder: TemporaryFolder) async throws {
        for captions in ["captions.vtt", "captions/meeting.vtt"] {
            let text = try String(contentsOfFile: folder.appending(captions), encoding: .utf8)
            #expect(text.contains("<v Speaker 1>"), "\(captions): \(text)")
        }
        #expect(try String(contentsOfFile: folder.appending("captions/meeting.srt"), encoding: .utf8).contains("Speaker 1:"))
        let levelled = try Data(contentsOf: URL(filePath: folder.appending("levelled.wav")))
        #expect(abs(try await Recording.integratedLoudness(Bytes(levelled)) - -16) < 0.5)
    }
}
