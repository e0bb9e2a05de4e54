import AudioFingerprint
import Primitives

extension FingerprintEntry {
    var document: JSONValue {
        [
            "id": .string(id), "file": .string(file), "name": .string(name), "job": .string(job),
            "duration_seconds": .number(duration), "created": .string(created.iso8601),
        ]
    }
}

extension FingerprintFinding {
    /// `start_seconds` is where the match begins in the file, `offset_seconds` where the beginning of what was asked about lies.
    var document: JSONValue {
        [
            "fingerprint": .string(entry.id), "file": .string(entry.file), "name": .string(entry.name),
            "score": .number(Self.rounded(match.score)), "offset_seconds": .number(Self.rounded(match.offset)),
            "start_seconds": .number(Self.rounded(match.start)), "query_start_seconds": .number(Self.rounded(match.queryStart)),
            "matched_seconds": .number(Self.rounded(match.duration)),
        ]
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension FingerprintDuplicate {
    /// The offset is where the first file's beginning lies in the second.
    var document: JSONValue {
        let thousand = { (value: Double) in JSONValue.number((value * 1000).rounded() / 1000) }
        return [
            "files": [first.document, second.document], "score": thousand(match.score), "coverage": thousand(coverage),
            "offset_seconds": thousand(match.offset), "matched_seconds": thousand(match.duration),
        ]
    }
}
