import HTTP
package import HTTPServer
package import Primitives

extension Response {
    /// A table as a file of comma-separated values (RFC 4180) with a line of names, fetched and sent piece by piece: it may be
    /// longer than the memory is large.
    /// - Parameters:
    ///   - name: of the file, without its ending.
    ///   - start: where the first piece begins.
    ///   - piece: the lines at a place, and where the next ones are; `nil` when these are the last. When it throws, the connection
    ///     is broken off.
    package static func csv<Place: Sendable>(
        _ name: String, header: [String], from start: Place,
        piece: @escaping @Sendable (Place) async throws -> (text: String, next: Place?)
    ) -> Response {
        let response = stream(type: "text/csv; charset=utf-8; header=present") { writer in
            try await writer.write(CSV.line(header))
            var place: Place? = start
            while let current = place {
                let (text, next) = try await piece(current)
                if !text.isEmpty { try await writer.write(text) }
                place = next
            }
        }
        return response.adding("Content-Disposition", "attachment; filename=\"\(name).csv\"").adding("Cache-Control", "no-store")
    }
}

extension CSV {
    /// Documents as lines: texts as they are, nothing for what is null or missing, everything else as JSON.
    /// - Parameter columns: the members that are shown, in their order.
    package static func lines(_ documents: [JSONValue], columns: [String]) -> String {
        documents.map { document in
            line(
                columns.map { column in
                    switch document[column] {
                    case nil, .null: ""
                    case .string(let text): text
                    case .some(let value): String(decoding: value.serialized(), as: UTF8.self)
                    }
                })
        }.joined()
    }
}
