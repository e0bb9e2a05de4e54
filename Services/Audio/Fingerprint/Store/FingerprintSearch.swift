import Persistence

/// Finds the entries of one owner that sound like a recording: the index names candidates and offsets, their bits decide.
enum FingerprintSearch {
    /// Rows that are read for one term: what sounds so often tells little.
    private static let rowLimit = 512
    /// Terms that are looked up at a time: what meets them is held in memory, at most 16 MB.
    private static let termLimit = 2048
    /// Candidates whose bits are compared.
    private static let candidateLimit = 64
    /// Offsets that are tried for a candidate.
    private static let offsetLimit = 3

    private struct Candidate {
        let fingerprint: Int64
        /// Offsets with the number of terms that met there.
        var votes: [Int: Int] = [:]

        /// Those with the most votes.
        var offsets: [(key: Int, value: Int)] {
            Array(votes.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(offsetLimit))
        }
        var most: Int { votes.values.max() ?? 0 }
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
            guard let items, let best = Alignment.best(query.items, items, offsets: candidate.offsets.map(\.key)) else { continue }
            found.append((candidate.fingerprint, best.match))
        }
        return Array(found.sorted { ($0.match.duration, $0.match.score) > ($1.match.duration, $1.match.score) }.prefix(limit))
    }

    /// Entries that share terms with the query, those with the most at one offset first. Long queries are looked up in parts,
    /// of each of which the best entries and offsets count: what has most in all is among the best of some part.
    private static func candidates(_ query: Fingerprint, _ owner: Int64, on connection: Connection) throws -> ArraySlice<Candidate>
    {
        var sums: [Int64: Candidate] = [:]
        var rest = FingerprintTerm.all(of: query.items)[...]
        while !rest.isEmpty {
            for candidate in best(try candidates(rest.prefix(termLimit), owner, on: connection)) {
                for (offset, votes) in candidate.offsets {
                    sums[candidate.fingerprint, default: Candidate(fingerprint: candidate.fingerprint)].votes[offset, default: 0] +=
                        votes
                }
            }
            rest = rest.dropFirst(termLimit)
        }
        return best(Array(sums.values))
    }

    private static func best(_ candidates: [Candidate]) -> ArraySlice<Candidate> {
        candidates.map { ($0, $0.most) }.sorted { ($0.1, $1.0.fingerprint) > ($1.1, $0.0.fingerprint) }.map(\.0)
            .prefix(candidateLimit)
    }

    private static func candidates(
        _ terms: ArraySlice<FingerprintTerm>, _ owner: Int64, on connection: Connection
    ) throws -> [Candidate] {
        var meetings: [Meeting] = []
        for term in terms {
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
            candidates[candidates.count - 1].votes[first.offset] = votes
        }
        return candidates
    }

    /// A term of the query met the same one of an entry.
    private struct Meeting: Comparable {
        let fingerprint: Int64
        let offset: Int

        static func < (a: Meeting, b: Meeting) -> Bool { (a.fingerprint, a.offset) < (b.fingerprint, b.offset) }
    }
}
