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
            "score": .number(match.score.rounded(decimals: 3)), "offset_seconds": .number(match.offset.rounded(decimals: 3)),
            "start_seconds": .number(match.start.rounded(decimals: 3)),
            "query_start_seconds": .number(match.queryStart.rounded(decimals: 3)),
            "matched_seconds": .number(match.duration.rounded(decimals: 3)),
        ]
    }

}

extension FingerprintDuplicate {
    /// The offset is where the first file's beginning lies in the second.
    var document: JSONValue {
        let thousand = { (value: Double) in JSONValue.number(value.rounded(decimals: 3)) }
        return [
            "files": [first.document, second.document], "score": thousand(match.score), "coverage": thousand(coverage),
            "offset_seconds": thousand(match.offset), "matched_seconds": thousand(match.duration),
        ]
    }
}
