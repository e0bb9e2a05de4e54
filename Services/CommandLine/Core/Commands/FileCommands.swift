import HTTP
import Primitives

/// `avstudio files …`
enum FileCommands {
    static let all = [
        Command("files upload", operands: "<path>…", "Uploads files.") { arguments, session in
            guard !arguments.positional.isEmpty else { throw CommandFailure.usage("name at least one file") }
            let display = ProgressDisplay(isSilent: session.output.isJSON)
            for path in arguments.positional {
                let file = try await session.client.upload(path) { display.show("uploading", $0) }
                display.clear()
                session.output.show(file, text: line(file).joined(separator: "  "))
            }
        },
        Command(
            "files list", flags: [Flag("limit", value: "number", "How many, 1 to 500. Default: 50.")], "Lists files, newest first."
        ) {
            arguments, session in
            let page = try await session.client.json(.get, "/files?limit=\(try arguments.integer("limit", in: 1...500) ?? 50)")
            let rows = (page["files"]?.arrayValue ?? []).map(line)
            session.output.show(page, text: Output.table(["id", "size", "type", "created", "name"], rows))
        },
        Command(
            "files download", operands: "<file>", flags: [Flag("output", short: "o", value: "path", "Where to put it.")],
            "Downloads a file."
        ) { arguments, session in
            let id = try arguments.require("file")[0]
            let file = try await session.client.json(.get, "/files/\(PercentEncoding.encode(id))")
            let name = file["name"]?.stringValue ?? id
            let path = try OutputPath.choose(arguments["output"], name: name, isOnly: true)
            let display = ProgressDisplay(isSilent: session.output.isJSON)
            try await session.client.download(id, to: path, size: file["size"]?.integerValue ?? 0) {
                display.show("downloading", $0)
            }
            display.clear()
            session.output.show(["saved": .string(path)], text: path)
        },
        Command("files delete", operands: "<file>", "Deletes a file.") { arguments, session in
            let id = try arguments.require("file")[0]
            _ = try await session.client.json(.delete, "/files/\(PercentEncoding.encode(id))")
            session.output.show(["deleted": .string(id)], text: "deleted \(id)")
        },
    ]

    private static func line(_ file: JSONValue) -> [String] {
        [
            file["id"]?.stringValue ?? "", Output.size(file["size"]?.integerValue ?? 0), file["media_type"]?.stringValue ?? "",
            file["created"]?.stringValue ?? "", file["name"]?.stringValue ?? "",
        ]
    }
}
