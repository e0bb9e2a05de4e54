import Persistence

/// Finds the entries of one owner that sound like a recording: the index names candidates and offsets, their bits decide.
enum FingerprintSearch {
    /// Rows that are read for one term: what sounds so often tells little.
    private static let rowLimit = 512
    /// Candidates whose bits are compared.
    private static let candidateLimit = 64
    /// Offsets that are tried for a candidate.
    private static let offsetLimit = 3

    private struct Candidate {
        let fingerprint: Int64
        var votes = 0
        /// With the number of terms that met there.
        var offsets: [(offset: Int, votes: Int)] = []
    }

    /// - Returns: numbers of entries with their matches, the longest first.
    static func run(
        _ query: Fingerprint, owner: Int64, limit: Int, on connection: Connection
    ) throws -> [(number: Int64, match: FingerprintMatch)] {
        var found: [(number: Int64, match: FingerprintMatch)] = []
        for candidate in try candidates(query, owner, on: connection) {
            let items = try connection.first("SELECT items FROM fingerprint WHERE number = ?", candidate.fingerprint) {
                Fingerprint(bytes: try $0.blob("items")).items
            }
            let offsets = candidate.offsets.sorted { $0.votes > $1.votes }.prefix(offsetLimit).map(\.offset)
            guard let items, let best = Alignment.best(query.items, items, offsets: offsets) else { continue }
            found.append((candidate.fingerprint, best.match))
        }
        return Array(found.sorted { ($0.match.duration, $0.match.score) > ($1.match.duration, $1.match.score) }.prefix(limit))
    }

    /// Entries that share terms with the query, those with the most at one offset first.
    private static func candidates(_ query: Fingerprint, _ owner: Int64, on connection: Connection) throws -> [Candidate] {
        var meetings: [Meeting] = []
        for term in FingerprintTerm.all(of: query.items) {
            meetings += try connection.query(
                "SELECT fingerprint, position FROM fingerprint_term WHERE owner = ? AND term = ? LIMIT ?", owner, Int(term.value),
                rowLimit
            ) { Meeting(fingerprint: try $0.integer("fingerprint"), offset: Int(try $0.integer("position")) - term.position) }
        }
        meetings.sort()
        var candidates: [Candidate] = []
        var run = meetings[...]
        while let first = run.first {
            let votes = run.prefix { $0 == first }.count
            run = run.dropFirst(votes)
            if candidates.last?.fingerprint != first.fingerprint { candidates.append(Candidate(fingerprint: first.fingerprint)) }
            candidates[candidates.count - 1].offsets.append((first.offset, votes))
            candidates[candidates.count - 1].votes = max(candidates[candidates.count - 1].votes, votes)
        }
        return Array(candidates.sorted { $0.votes > $1.votes }.prefix(candidateLimit))
    }

    /// A term of the query met the same one of an entry.
    private struct Meeting: Comparable {
        let fingerprint: Int64
        let offset: Int

        static func < (a: Meeting, b: Meeting) -> Bool { (a.fingerprint, a.offset) < (b.fingerprint, b.offset) }
    }
}
