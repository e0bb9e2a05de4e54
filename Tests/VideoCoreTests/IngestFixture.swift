import FoundationEssentials
import Jobs
import Primitives
import TestSupport
import Testing
import VideoCore

/// A library of its own, and `video.ingest` run on it as a worker does.
struct IngestFixture {
    let library: TemporaryFolder
    private let outputs: TemporaryFolder
    /// Hosts at private addresses that may be asked.
    var hosts: Set<String> = ["127.0.0.1"]
    var root: String { library.path }

    init() throws {
        library = try TemporaryFolder("library")
        outputs = try TemporaryFolder("ingest-outputs")
    }

    /// - Parameters:
    ///   - list: of the parameter `urls`.
    ///   - root: another library.
    /// - Returns: the measurements, and the report's rows.
    func run(
        _ list: String, _ parameters: [String: JSONValue] = [:], file: (name: String, bytes: Bytes)? = nil, root: String? = nil
    ) async throws -> (sums: JSONValue, rows: [[String]]) {
        let operation = try #require(VideoOperations.catalogue["video.ingest"])
        var parameters = parameters
        if file == nil { parameters["urls"] = .string(list) }
        var inputs: [JobContext.Input] = []
        if let file {
            try Data(file.bytes).write(to: URL(filePath: outputs.appending("input")))
            inputs = [.init(path: outputs.appending("input"), name: file.name, mediaType: "text/plain")]
        }
        let canonical = try operation.canonicalParameters(.object(parameters))
        try operation.check(canonical, resources: [:])
        let context = JobContext(
            inputs: inputs, outputFolder: outputs.path, owner: "ann",
            surroundings: Surroundings(libraryFolder: root ?? library.path, privateHosts: hosts, fetchLimit: .mib(64)))
        let output = try await operation.run(canonical, in: context)
        let rows = try CSV.rows(Bytes(try Data(contentsOf: URL(filePath: outputs.appending("ingest.csv")))))
        return (output.measurements, Array(rows.dropFirst()))
    }

    /// The bytes of a file of the library.
    func content(_ path: String) throws -> Bytes { Bytes(try Data(contentsOf: URL(filePath: library.appending("ann/" + path)))) }

    /// The names in a creator's folder, hidden ones left out.
    func names(_ creator: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: library.appending("ann/" + creator)).filter { !$0.hasPrefix(".") }
            .sorted()
    }

    /// The names of what has come in part.
    func partials(_ creator: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: library.appending("ann/\(creator)/.partial"))) ?? []).sorted()
    }

    /// Bytes that do not repeat.
    static func noise(_ count: Int, seed: UInt64 = 1) -> Bytes {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return Bytes(unsafeUninitializedCapacity: count) { buffer, filled in
            for index in 0..<count {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                buffer[index] = UInt8(truncatingIfNeeded: state)
            }
            filled = count
        }
    }
}

/// Starts a server of files for one test.
func withFileHost(zones: String = "", locations: String = "", _ body: (TestNginx) async throws -> Void) async throws {
    let host = try await TestNginx.files(zones: zones, locations: locations)
    do { try await body(host) } catch {
        try host.stop()
        throw error
    }
    try host.stop()
}
