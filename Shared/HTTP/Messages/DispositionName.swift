import Primitives

/// The file name in a `Content-Disposition` (RFC 6266).
package enum DispositionName {
    /// - Returns: `filename*` before `filename`; `nil` when there is neither.
    /// - Throws: `Problem` 400 when `filename*` is not percent-encoded UTF-8.
    package static func parse(_ disposition: String) throws(Problem) -> String? {
        let parameters = FieldParameters.of(disposition)
        guard let extended = parameters["filename*"] else { return parameters["filename"] }
        let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8",
            let name = PercentEncoding.decode(parts[2], plusIsSpace: false)
        else {
            throw Problem(
                status: .badRequest, code: "invalid-file-name", "filename* must be UTF-8''<percent-encoded name>", field: "name")
        }
        return name
    }
}
