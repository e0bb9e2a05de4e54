import Foundation
import Jobs
import Primitives
import Synchronization
import TestSupport
import Testing
import VideoCore

/// Films of every shape, and what is on the disk while they are made.
@Suite(.computing) struct AssembleShapeTests {
    /// Wide pictures, red at the left and blue at the right, are whole in the middle of a square and of an upright film.
    @Test(arguments: [("16:9", 1920, 1080), ("9:16", 1080, 1920), ("1:1", 1080, 1080)])
    func widePicturesAreWholeInEveryShape(_ aspect: String, _ width: Int, _ height: Int) async throws {
        let fixture = try VideoFixture()
        let film = fixture.path("film.mp4")
        try await fixture.ffmpeg([
            "-f", "lavfi", "-i", "color=blue:s=160x90:r=25:d=0.2,drawbox=0:0:80:90:red:fill", "-pix_fmt", "yuv420p", film,
        ])
        let timeline: JSONValue = [
            "canvas": ["aspect": .string(aspect), "frame_rate": 25, "background": "#00ff00"], "video": [["clip": "film.mp4"]],
        ]
        let (paths, _) = try await fixture.encode("video.assemble", ["timeline": timeline, "speed": "ultrafast"], on: [film])
        let seen = try await fixture.probe(paths[0])
        #expect(seen["width"] == "\(width)" && seen["height"] == "\(height)", "\(seen)")
        #expect(["1:1", "N/A"].contains(seen["sample_aspect_ratio"] ?? "N/A") && seen["nb_read_frames"] == "5")
        // A picture element is 60 pixels wide and high.
        let (columns, rows) = (width / 60, height / 60)
        let values = try await fixture.pixels(paths[0], "\(columns):\(rows)")
        try #require(values.count == columns * rows * 3)
        let shown = Double(columns) * 9 / 16
        for row in 0..<rows {
            let fromMiddle = abs(Double(row) + 0.5 - Double(rows) / 2)
            // Where the edge goes through an element it has something of both.
            guard abs(fromMiddle - shown / 2) > 1 else { continue }
            for (column, strong) in [(0, 0), (columns - 1, 2)] {
                let pixel = Array(values[(row * columns + column) * 3..<(row * columns + column) * 3 + 3])
                let wanted = fromMiddle < shown / 2 ? strong : 1
                let isRight = (0..<3).allSatisfy { $0 == wanted ? pixel[$0] > 180 : pixel[$0] < 90 }
                #expect(isRight, "\(aspect) \(column), \(row): \(pixel)")
            }
        }
    }

    /// Whenever one looks, there is the film that is being written and nothing else.
    @Test func nothingButTheFilmIsWritten() async throws {
        let fixture = try VideoFixture()
        let film = try await fixture.scenes("film.mp4")
        let folder = fixture.path("out")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let timeline: JSONValue = [
            "canvas": ["width": 128, "height": 72, "frame_rate": 25],
            "video": [["clip": "film.mp4", "out_s": 4], ["clip": "film.mp4", "in_s": 3, "transition": ["duration_s": 1]]],
            "text": [["text": "Hi", "start_s": 1, "end_s": 3]],
        ]
        let operation = try #require(VideoOperations.catalogue["video.assemble"])
        let looks = Mutex<[Set<String>]>([])
        let context = JobContext(
            inputs: [.init(path: film, name: "film.mp4", mediaType: "video/mp4")], outputFolder: folder
        ) { _ in
            let names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? ["unreadable"])
            looks.withLock { $0.append(names) }
        }
        _ = try await operation.run(try operation.canonicalParameters(["timeline": timeline]), in: context)
        let seen = looks.withLock { $0 }
        let own: Set = ["assembled.mp4", "assembled.mp4.part"]
        #expect(seen.count > 20 && seen.allSatisfy(own.isSuperset(of:)), "\(Set(seen))")
    }
}
