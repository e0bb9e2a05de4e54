import AudioAPI
import Contracts
import FoundationEssentials
import Primitives

/// What to fetch, and for whom.
struct IngestEntry: Sendable, Equatable {
    /// `http` or `https`.
    let url: String
    /// In small letters.
    let host: String
    let creator: String
    /// What the file shall be called; `nil` for what the URL says.
    var name: String?
    /// Of the content, 64 hexadecimal digits.
    var digest: String?
}

/// A list of URLs as CSV, JSON or plain text.
struct IngestList {
    enum Format: String, CaseIterable, Sendable {
        case auto, csv, json, text
    }

    static let mostEntries = 10_000
    static let mostBytes = 8 << 20
    /// What is wrong at more places than these is not looked for.
    static let mostProblems = 20

    private(set) var entries: [IngestEntry] = []
    private var problems: [String] = []
    private let standardCreator: String

    /// Reads a list. In CSV the first line names the columns: `url`, and perhaps `creator`, `name`, `sha256`. JSON is an array of
    /// URLs or of objects with those members, or an object with such an array for each creator. Text has a URL a line, the
    /// creator in front of it, and comments behind `#` at the beginning of a line.
    /// - Parameters:
    ///   - creator: of entries that name none; empty for the URL's host.
    ///   - name: of the file, whose extension says the format when that is `auto`.
    /// - Throws: `IngestError` that names the lines, `CSVError`, `JSONError`.
    init(_ bytes: Bytes, format: Format, name: String = "", creator: String = "") throws {
        guard bytes.count <= Self.mostBytes else { throw IngestError.listTooLarge }
        standardCreator = creator
        switch format == .auto ? Self.format(of: bytes, name: name) : format {
        case .csv: try readCSV(bytes)
        case .json: try readJSON(bytes)
        case .text, .auto: try readText(bytes)
        }
        guard problems.isEmpty else { throw IngestError.badList(problems) }
        guard !entries.isEmpty else { throw IngestError.emptyList }
    }

    private static func format(of bytes: Bytes, name: String) -> Format {
        switch name.split(separator: ".").last?.lowercased() {
        case "csv": return .csv
        case "json": return .json
        default: break
        }
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") { return .json }
        let header = String(decoding: bytes.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self).lowercased()
        return header.split(separator: ",").contains { $0.filter { !"\" \u{FEFF}".contains($0) } == "url" } ? .csv : .text
    }

    private mutating func readCSV(_ bytes: Bytes) throws {
        // The header, and a row that is too many.
        let rows = try CSV.numberedRows(bytes, most: Self.mostEntries + 2)
        guard let header = rows.first else { return }
        let columns = header.fields.map { $0.lowercased().filter { $0 != " " } }
        guard let url = columns.firstIndex(of: "url") else {
            throw IngestError.badList(["line \(header.line): no column is named url"])
        }
        for row in rows.dropFirst() {
            guard row.fields.count == columns.count else {
                try note("line \(row.line): \(row.fields.count) fields where \(columns.count) columns are named")
                continue
            }
            func field(_ name: String) -> String? { columns.firstIndex(of: name).map { row.fields[$0] } }
            try add(
                row.fields[url], creator: field("creator"), name: field("name"), digest: field("sha256"), at: "line \(row.line)")
        }
    }

    private mutating func readText(_ bytes: Bytes) throws {
        var (rest, number) = (bytes[...], 0)
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 10 && $0 != 13 }
            rest = rest.dropFirst(line.count)
            rest = rest.dropFirst(rest.starts(with: [13, 10]) ? 2 : 1)
            number += 1
            guard let text = String(validating: line, as: UTF8.self) else {
                throw IngestError.badList(problems + ["line \(number): the text is not UTF-8"])
            }
            let words = text.split { $0.isWhitespace || $0 == "\u{FEFF}" }
            guard let last = words.last, words[0].first != "#" else { continue }
            try add(String(last), creator: words.dropLast().joined(separator: " "), at: "line \(number)")
        }
    }

    /// - Throws: `IngestError.badList` when enough is wrong.
    private mutating func note(_ problem: String) throws(IngestError) {
        problems.append(problem)
        guard problems.count < Self.mostProblems else { throw .badList(problems) }
    }

    private mutating func readJSON(_ bytes: Bytes) throws {
        switch try JSONValue(parsing: bytes) {
        case .array(let items): try readItems(items, creator: nil, "")
        case .object(let creators):
            for (creator, items) in creators.sorted(by: { $0.key < $1.key }) {
                guard let items = items.arrayValue else {
                    try note("\(creator.prefix(40)): an array of URLs is wanted")
                    continue
                }
                try readItems(items, creator: creator, "\(creator.prefix(40)), ")
            }
        default: try note("an array or an object is wanted")
        }
    }

    private mutating func readItems(_ items: [JSONValue], creator: String?, _ prefix: String) throws(IngestError) {
        for (index, item) in items.enumerated() {
            let place = "\(prefix)entry \(index + 1)"
            if let url = item.stringValue {
                try add(url, creator: creator, at: place)
            } else if let url = item["url"]?.stringValue {
                try add(
                    url, creator: item["creator"]?.stringValue ?? creator, name: item["name"]?.stringValue,
                    digest: item["sha256"]?.stringValue, at: place)
            } else {
                try note("\(place): neither a URL nor an object with one")
            }
        }
    }

    /// - Returns: the host in small letters; `nil` when the text is no URL of http or https without a user name.
    static func host(of url: String) -> String? {
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme?.lowercased()),
            let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil, parts.password == nil, url.utf8.count <= 4096,
            url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        return host
    }

    private mutating func add(
        _ url: String, creator: String?, name: String? = nil, digest: String? = nil, at place: String
    ) throws(IngestError) {
        let url = url.trimmed
        guard let host = Self.host(of: url) else {
            try note("\(place): \(url.prefix(60)) is no URL of http or https without user name")
            return
        }
        let named = [creator ?? "", standardCreator, host].map(\.trimmed).first { !$0.isEmpty } ?? host
        let name = name.map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        let digest = digest.map(\.trimmed).flatMap { $0.isEmpty ? nil : $0.lowercased() }
        if !LibraryName.isGood(named) {
            try note("\(place): \(named.prefix(40)) can not be a creator's folder")
        } else if let name, !LibraryName.isGood(name) {
            try note("\(place): \(name.prefix(40)) can not be a file's name")
        } else if let digest, digest.utf8.count != 64 || !digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
            try note("\(place): sha256 is 64 hexadecimal digits")
        } else {
            guard entries.count < Self.mostEntries else { throw .tooManyURLs }
            entries.append(IngestEntry(url: url, host: host, creator: named, name: name, digest: digest))
        }
    }
}
