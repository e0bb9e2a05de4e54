package import Contracts
import Glibc
package import Jobs
package import Primitives
import VideoAPI

/// `video.download`: what a web page shows, by yt-dlp. Its process has no network: the worker connects it with the servers that yt-dlp
/// names, if its policy allows them.
package enum DownloadOperation: Operation {
    package struct Parameters: Sendable {
        var page = ""
        var rules = VideoPage.Rules()
        var mostBytes = 4 << 30
    }

    package static var name: String { VideoService.OperationName.download }
    package static var summary: String { "Downloads the video that a web page shows, with yt-dlp where that is installed." }
    package static var inputs: InputRule { InputRule(.any, count: 0...0) }
    package static let schema = Schema(Parameters()) {
        Field.text("page", \.page, maximumLength: 4096, required: true, "The page's URL: http or https.")
        Field.integer(
            "maximum_lines", \.rules.mostLines, in: 0...8640,
            "Lines of the picture: of what the page offers the best with no more, else the smallest; 0 for the best of all.")
        Field.flag("sound_only", \.rules.isSoundOnly, "The sound without the pictures.")
        Field.integer("maximum_bytes", \.mostBytes, in: 1...(1 << 40), unit: "B", "Most bytes of it.")
        Field.number("deadline_seconds", \.rules.deadline, in: 0.1...7000, unit: "s", "How long it may take.")
        Field.number("stall_seconds", \.rules.stall, in: 1...600, unit: "s", "How long a server may send nothing.")
    }
    package static var output: OutputDescription {
        OutputDescription(
            files: "The video, named by its title.",
            measurements: [
                "type": "object", "required": ["bytes"],
                "properties": [
                    "title": ["type": "string"], "uploader": ["type": "string"],
                    "site": ["type": "string", "description": "As yt-dlp names it."], "id": ["type": "string"],
                    "page": ["type": "string"], "length_seconds": ["type": "number", "x-unit": "s"], "width": ["type": "integer"],
                    "height": ["type": "integer"], "upload_date": ["type": "string", "description": "YYYYMMDD."],
                    "bytes": ["type": "integer", "x-unit": "B"],
                ],
            ])
    }
    package static var memory: ByteSize { .mib(300) }
    package static var isCacheable: Bool { false }

    package static func peer(_ parameters: Parameters) throws -> Peer? { .anyNamed }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        guard IngestList.host(of: parameters.page) != nil else { throw PageError.notAURL }
        _ = try tool(resources)
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        var rules = parameters.rules
        rules.mostBytes = Int64(parameters.mostBytes)
        let folder = context.outputFolder
        let page = VideoPage(
            tool: try tool(context.resources), folder: folder, port: try PeerPort(folder: folder), rules: rules)
        let film = try page.fetch(parameters.page) { context.report($0, "downloading") }
        // A title is no path.
        let title = String(film.title.map { $0 == "/" || $0 == "\\" ? "_" : $0 })
        let name = OutputName.derived(
            from: title + "." + film.fileExtension, suffix: nil, fileExtension: film.fileExtension, fallback: "video")
        guard rename(folder + "/" + film.fileName, folder + "/" + name) == 0 else { throw IngestError.system("rename", errno) }
        return JobOutput(
            files: [.init(name: name, mediaType: LibraryName.mediaType(ofExtension: film.fileExtension))],
            measurements: .object(film.facts.merging(["bytes": .integer(film.size)]) { $1 }))
    }

    /// - Throws: `PageError.noDownloader`.
    private static func tool(_ resources: [String: String]) throws(PageError) -> String {
        guard let folder = resources[VideoOperations.pageTool], access(VideoPage.program(folder), R_OK) == 0 else {
            throw .noDownloader
        }
        return folder
    }
}
