import AudioCore
import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives
import VideoCore

/// One command per operation, made from its declaration: `avstudio audio normalize talk.wav --preset podcast -o out.m4a`.
enum OperationCommands {
    static let catalogues = [AudioOperations.catalogue, VideoOperations.catalogue]
    static let services = catalogues.map(\.service)

    static let all = catalogues.flatMap { catalogue in
        catalogue.operations.map { operation in
            Command(
                "\(operation.service) \(operation.verb)", operands: operation.inputs.count.upperBound == 0 ? "" : "<file>…",
                flags: flags(operation), operation.summary
            ) { arguments, session in try await run(operation, arguments, session) }
        }
    }

    /// `--target-lufs` of the field `target_lufs`; what is the name of every command's flag has the operation's last word before it:
    /// `--mark-key` of the field `key` of `audio find-mark`, because `--key` is the caller's own.
    private static func flagName(_ field: FieldDescription, _ operation: AnyOperation) -> String {
        let name = field.name.replacing("_", with: "-")
        guard Command.commonFlags.contains(where: { $0.name == name }) else { return name }
        return "\(operation.verb.split(separator: "-").last ?? "")-\(name)"
    }

    private static func flags(_ operation: AnyOperation) -> [Flag] {
        let parameters = operation.fields.map { field in
            Flag(flagName(field, operation), value: valueName(field), choices: choices(field), help(field, operation))
        }
        let output = [Flag("output", short: "o", value: "path", "Where to put the result: a file, or a folder for several.")]
        return parameters + (operation.output.files == nil ? [] : output)
    }

    private static func valueName(_ field: FieldDescription) -> String {
        switch field.kind {
        case .number, .integer: field.unit ?? "number"
        case .flag: "true|false"
        case .choice: "name"
        case .text, .secret: "text|@file"
        case .document: "json|@file"
        }
    }

    private static func choices(_ field: FieldDescription) -> [String] {
        switch field.kind {
        case .choice(let names): names
        case .flag: ["true", "false"]
        case .number, .integer, .text, .secret, .document: []
        }
    }

    private static func help(_ field: FieldDescription, _ operation: AnyOperation) -> String {
        var help = field.help
        if case .choice(let names) = field.kind { help += " One of: \(names.joined(separator: ", "))." }
        if let standard = operation.defaultParameters[field.name], standard != .null, standard != "" {
            help += " Default: \(standard.stringValue ?? String(decoding: standard.serialized(), as: UTF8.self))."
        }
        return help
    }

    /// What stands for `@path` is in the file, as with curl.
    private static func content(_ text: String, _ field: FieldDescription) throws -> String {
        switch field.kind {
        case .text, .secret, .document:
            guard text.hasPrefix("@") else { return text }
            guard let data = FileManager.default.contents(atPath: String(text.dropFirst())),
                let content = String(validating: data, as: UTF8.self)
            else { throw CommandFailure.usage("\(text.dropFirst()) can not be read as text") }
            return content
        default: return text
        }
    }

    private static func parameters(_ operation: AnyOperation, _ arguments: Arguments) throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        for field in operation.fields {
            guard let text = arguments[flagName(field, operation)] else { continue }
            members[field.name] = try field.value(parsing: content(text, field))
        }
        do {
            _ = try operation.canonicalParameters(.object(members))
        } catch {
            throw CommandFailure.usage(error.message)
        }
        return .object(members)
    }

    private static func run(_ operation: AnyOperation, _ arguments: Arguments, _ session: Session) async throws {
        let paths = arguments.positional
        guard paths.count >= operation.inputs.count.lowerBound else {
            throw CommandFailure.usage("\(operation.service) \(operation.verb) needs a file")
        }
        let parameters = try parameters(operation, arguments)
        let display = ProgressDisplay(isSilent: session.output.isJSON)
        defer { display.clear() }
        if operation.inputs.count == 1...1 && paths.count > 1 {
            // One request each, in order: the person sees each result as it comes.
            for path in paths {
                try await runOne(operation, [path], parameters, arguments["output"].map { "\($0)/" }, display, session)
            }
        } else {
            try await runOne(operation, paths, parameters, arguments["output"], display, session)
        }
    }

    private static func runOne(
        _ operation: AnyOperation, _ paths: [String], _ parameters: JSONValue, _ target: String?, _ display: ProgressDisplay,
        _ session: Session
    ) async throws {
        var inputs: [String] = []
        for path in paths {
            if Identifier.isWellFormed(path, prefix: "file") {
                inputs.append(path)
                continue
            }
            let file = try await session.client.upload(path) { display.show("uploading", $0) }
            guard let id = file["id"]?.stringValue else {
                throw CommandFailure(.failed, "the studio's answer to the upload has no id")
            }
            inputs.append(id)
        }
        let started = try await session.client.start(operation.name, inputs: inputs, parameters: parameters)
        guard let id = started["id"]?.stringValue else { throw CommandFailure(.failed, "the studio's answer has no job") }
        let job = try await session.client.follow(id, service: operation.service) { job in
            display.show(job.stage ?? job.state.rawValue, job.progress)
        }
        guard job.state == .succeeded, let result = job.result else {
            throw CommandFailure(.failed, job.problem?.message ?? "the job ended as \(job.state.rawValue)")
        }
        let saved = try await save(result, to: target, input: paths.first, display, session)
        display.clear()
        let document = try JSONValue(encoding: job)
        session.output.show(merged(document, saved), text: JobText.result(job, saved: saved))
    }

    private static func merged(_ job: JSONValue, _ saved: [String]) -> JSONValue {
        guard case .object(var members) = job else { return job }
        members["saved"] = .array(saved.map(JSONValue.string))
        return .object(members)
    }

    /// Downloads a result's files.
    /// - Parameter target: a file, a folder (ends with `/` or exists), or `nil` for the working folder.
    /// - Returns: the paths written.
    private static func save(
        _ result: JobResult, to target: String?, input: String?, _ display: ProgressDisplay, _ session: Session
    ) async throws -> [String] {
        var saved: [String] = []
        for file in result.files {
            guard let id = file.file else { continue }
            let path = try OutputPath.choose(target, name: file.name, isOnly: result.files.count == 1)
            try await session.client.download(id, to: path, size: file.size) { display.show("downloading", $0) }
            saved.append(path)
        }
        return saved
    }
}

/// Where a result goes.
enum OutputPath {
    /// - Returns: a path that is the person's explicit wish, or one that does not exist yet.
    static func choose(_ target: String?, name: String, isOnly: Bool) throws(CommandFailure) -> String {
        guard let target else { return unused(name) }
        // Several results need a folder; one that is not there is made.
        if target.hasSuffix("/") || isFolder(target) || !isOnly && access(target, F_OK) != 0 {
            guard isFolder(target) || mkdir(target, 0o777) == 0 else {
                throw CommandFailure(.failed, "the folder \(target) can not be made")
            }
            return target + (target.hasSuffix("/") ? "" : "/") + name
        }
        guard isOnly else { throw .usage("there are several results, and \(target) is not a folder") }
        return target
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func unused(_ name: String) -> String {
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        var (candidate, number) = (name, 2)
        while access(candidate, F_OK) == 0 {
            candidate = "\(name[..<dot])-\(number)\(name[dot...])"
            number += 1
        }
        return candidate
    }
}
