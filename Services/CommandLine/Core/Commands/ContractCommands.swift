import FoundationEssentials
package import Primitives

/// `avstudio contracts`: the published documents, made from the code.
enum ContractCommands {
    static let all = [
        Command(
            "contracts",
            flags: [
                Flag("output", short: "o", value: "folder", "Where to write. Default: contracts."),
                Flag("check", "Writes nothing; fails when a file is missing or not current."),
            ], "Writes the OpenAPI, AsyncAPI and JSON Schema documents."
        ) { arguments, session in
            let folder = arguments["output"] ?? "contracts"
            let documents = ContractDocuments.all
            if arguments.isSet("check") {
                let stale = documents.filter {
                    FileManager.default.contents(atPath: "\(folder)/\($0.path)").map(Bytes.init) != $0.bytes
                }
                guard stale.isEmpty else {
                    throw CommandFailure(
                        .failed, "not current: \(stale.map(\.path).joined(separator: ", ")); run avstudio contracts")
                }
            } else {
                for document in documents { try document.write(to: folder) }
            }
            session.output.show(
                ["folder": .string(folder), "files": .array(documents.map { .string($0.path) })],
                text: "\(documents.count) documents in \(folder)")
        }
    ]
}

/// One published file.
package struct ContractDocument: Sendable {
    /// Relative to the documents' folder.
    package let path: String
    package let content: JSONValue

    /// The file's bytes: pretty, keys sorted, a newline at the end.
    package var bytes: Bytes { content.serialized(pretty: true) + [UInt8(ascii: "\n")] }

    func write(to folder: String) throws {
        let file = "\(folder)/\(path)"
        let parent = String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else {
            throw CommandFailure(.failed, "\(file) can not be written")
        }
    }
}
