import GatewayCore
import HTTP

/// The file name in a `Content-Disposition` (RFC 6266).
enum DispositionName {
    /// - Returns: `filename*` before `filename`; `nil` when there is neither.
    /// - Throws: `GatewayError.fileName` when `filename*` is not percent-encoded UTF-8.
    static func parse(_ disposition: String) throws -> String? {
        let parameters = FieldParameters.of(disposition)
        if let extended = parameters["filename*"] {
            let parts = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0].lowercased() == "utf-8",
                let name = PercentEncoding.decode(parts[2], plusIsSpace: false)
            else {
                throw GatewayError.fileName("filename* must be UTF-8''<percent-encoded name>")
            }
            return name
        }
        return parameters["filename"]
    }
}
