package import Contracts
import FoundationEssentials
import Glibc
import HTTPClient
package import Jobs
import Primitives
import VideoAPI

/// `video.ingest`: fetches lists of URLs into folders that stay. It runs inside the worker, which has the network; what it fetches
/// it leaves as bytes.
package enum IngestOperation: Operation {
    package struct Parameters: Sendable {
        var urls = ""
        var format = IngestList.Format.auto
        var creator = ""
        var parallel = 4
        var perHost = 2
        var attempts = 4
        var deadline = 3600.0
        var stall = 30.0
        var mostBytes = 0
        var pages = true

        func list(_ bytes: Bytes, name: String = "") throws -> IngestList {
            try IngestList(bytes, format: format, name: name, creator: creator)
        }
    }

    package static var name: String { VideoService.OperationName.ingest }
    package static var summary: String {
        "Downloads a list of URLs into a folder for each creator, going on where an earlier job stopped."
    }
    package static var inputs: InputRule { InputRule(.any, count: 0...1) }
    package static let schema = Schema(Parameters()) {
        Field.text(
            "urls", \.urls, maximumLength: 1 << 20,
            "The list, when it is no input file: CSV with a column url (and creator, name, sha256), JSON, or a URL a line.")
        Field.choice("format", \.format, "How the list is written.")
        Field.text("creator", \.creator, maximumLength: 150, "Folder of URLs whose creator the list does not name; else the host.")
        Field.integer("parallel", \.parallel, in: 1...32, "Files at once.")
        Field.integer("per_host", \.perHost, in: 1...16, "Files at once from one host.")
        Field.integer("attempts", \.attempts, in: 1...10, "Attempts in a row that may bring nothing before a file is given up.")
        Field.number(
            "deadline_seconds", \.deadline, in: 0.1...86_400, unit: "s",
            "How long one file may take from its turn on; a page that it turns out to be, as long again.")
        Field.number("stall_seconds", \.stall, in: 0.1...600, unit: "s", "How long a server may send nothing.")
        Field.integer(
            "maximum_bytes", \.mostBytes, in: 0...Int.max, unit: "B", "Most bytes of one file; 0 for what the service allows.")
        Field.flag("pages", \.pages, "Have yt-dlp fetch what web pages show, where it is installed.")
    }
    package static var output: OutputDescription {
        let sums: [String: JSONValue] = [
            "attempted": ["type": "integer", "description": "URLs that were asked."], "successful": ["type": "integer"],
            "skipped": ["type": "integer", "description": "Known by URL, name or content."], "failed": ["type": "integer"],
            "bytes": ["type": "integer", "x-unit": "B"], "transfer_seconds": ["type": "number", "x-unit": "s"],
            "bytes_per_second": ["type": "number"],
        ]
        let creator: JSONValue = [
            "type": "object", "properties": .object(sums.merging(["creator": ["type": "string"]]) { $1 }),
        ]
        return OutputDescription(
            files: "A report with a line for each URL; the files themselves stay in the library.",
            measurements: [
                "type": "object", "required": ["attempted", "successful", "skipped", "failed", "creators"],
                "properties": .object(
                    sums.merging([
                        "elapsed_seconds": ["type": "number", "x-unit": "s"], "creators_total": ["type": "integer"],
                        "creators": ["type": "array", "maxItems": JSONValue(IngestReport.mostCreators), "items": creator],
                    ]) { $1 }),
            ])
    }
    package static var cost: CostClass { .light }
    package static var isolation: Isolation { .inProcess }
    package static var isCacheable: Bool { false }

    package static func check(_ parameters: Parameters, resources: [String: String]) throws {
        guard parameters.creator.isEmpty || LibraryName.isGood(parameters.creator) else {
            throw IngestError.badList(["creator: \(parameters.creator.prefix(40)) can not be a creator's folder"])
        }
        if !parameters.urls.isEmpty { _ = try parameters.list(Bytes(parameters.urls.utf8)) }
    }

    package static func run(_ parameters: Parameters, in context: JobContext) async throws -> JobOutput {
        let surroundings = context.surroundings
        guard !surroundings.libraryFolder.isEmpty else { throw IngestError.noLibrary }
        let threads = BlockingThreads(name: "ingest", count: 2)
        let list = try await list(parameters, context.inputs.first, threads)
        var configuration = HTTPClientConfiguration()
        // A second attempt has to go on where the first one stopped, which the client can not know.
        (configuration.retry, configuration.circuitBreaker) = (nil, nil)
        configuration.egress = .allowing(surroundings.privateHosts)
        let client = HTTPClient(configuration: configuration)
        let download = Download(
            client: client, gates: HostGates(width: parameters.perHost), rules: rules(parameters, surroundings), threads: threads)
        let ingestion = Ingestion(
            list, owner: context.owner, library: Library(surroundings.libraryFolder), download: download,
            page: parameters.pages ? page(context, download.rules) : nil, parallel: parameters.parallel)
        let (start, count) = (ContinuousClock.now, Double(list.entries.count))
        let report: IngestReport
        do {
            report = try await ingestion.run { context.report(Double($0) / count, "downloading") }
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
        return JobOutput(
            files: [try context.write(Bytes(report.csv.utf8), named: "ingest.csv", mediaType: "text/csv")],
            measurements: report.measurements(seconds: (.now - start).seconds))
    }

    /// Web pages are for a sandbox: they run as steps.
    /// - Returns: `nil` where yt-dlp is not installed.
    private static func page(_ context: JobContext, _ rules: DownloadRules) -> Ingestion.PageRunner? {
        guard context.resources[VideoOperations.pageTool] != nil else { return nil }
        return { url in
            let step: JobStep
            do {
                step = try await context.step(
                    DownloadOperation.name,
                    [
                        "page": .string(url), "maximum_bytes": .integer(min(rules.mostBytes, 1 << 40)),
                        "deadline_seconds": .number(min(rules.deadline.seconds, 7000)),
                        "stall_seconds": .number(min(max(1, rules.stall.seconds), 600)),
                    ], on: [], share: nil)
            } catch let problem as JobProblem where problem.code == IngestError.diskFull.code {
                // It ends the job, as it does for files.
                throw IngestError.diskFull
            }
            guard let file = step.output.files.first else { throw PageError.nothingShown }
            return (step.folder + "/" + file.name, file)
        }
    }

    private static func list(
        _ parameters: Parameters, _ input: JobContext.Input?, _ threads: BlockingThreads
    ) async throws -> IngestList {
        guard parameters.urls.isEmpty == (input != nil) else { throw IngestError.noList }
        guard let input else { return try parameters.list(Bytes(parameters.urls.utf8)) }
        return try await threads.run {
            var status = stat()
            guard stat(input.path, &status) == 0, status.st_size <= IngestList.mostBytes else { throw IngestError.listTooLarge }
            return try parameters.list(Bytes(Data(contentsOf: URL(filePath: input.path))), name: input.name)
        }
    }

    private static func rules(_ parameters: Parameters, _ surroundings: Surroundings) -> DownloadRules {
        var rules = DownloadRules()
        rules.retry.maximumAttempts = parameters.attempts
        (rules.deadline, rules.stall) = (.seconds(parameters.deadline), .seconds(parameters.stall))
        rules.mostBytes = min(surroundings.fetchLimit.bytes, parameters.mostBytes > 0 ? Int64(parameters.mostBytes) : .max)
        rules.minimumFree = surroundings.minimumFree.bytes
        return rules
    }
}
