import AudioAPI
import Contracts
import HTTP
import HTTPClient
import Primitives
import ServiceRuntime

/// How one file is fetched.
struct DownloadRules: Sendable {
    var retry = RetryPolicy(maximumAttempts: 4, base: .seconds(1), cap: .seconds(60))
    /// All attempts and waits of one file.
    var deadline = Duration.seconds(3600)
    /// How long a server may send nothing.
    var stall = Duration.seconds(30)
    /// Most bytes of a file.
    var mostBytes: Int64 = 4 << 30
    /// Disk space to leave free, bytes.
    var minimumFree: Int64 = 0
}

/// Fetches one URL into a partial file, going on behind what is there.
struct Download: Sendable {
    /// Bytes after which an attempt has brought something, and the count of vain ones begins again.
    private static let progress: Int64 = 1 << 20
    /// Bytes between two looks at the room on the disk.
    private static let lookEvery: Int64 = 8 << 20

    let client: HTTPClient
    let gates: HostGates
    let rules: DownloadRules
    let threads: BlockingThreads

    /// - Returns: the media type as the server says it, and how many attempts it took.
    /// - Throws: `IngestError`, `HTTPClientError`, `JobProblem` of the last attempt; `CancellationError`.
    func run(_ entry: IngestEntry, into partial: PartialFile) async throws -> (mediaType: String?, attempts: Int) {
        // Its time begins with its turn: others of the same host may take long.
        var end: ContinuousClock.Instant?
        var (attempts, vain) = (0, 0)
        while true {
            attempts += 1
            let before = partial.size
            do {
                let type = try await gates.pass(entry.host) {
                    let last = end ?? .now + rules.deadline
                    end = last
                    return try await attempt(entry.url, partial, until: last)
                }
                return (type, attempts)
            } catch let failure as Failure {
                vain = partial.size - before >= Self.progress ? 1 : vain + 1
                guard failure.error.isRetriable, vain < rules.retry.maximumAttempts else { throw failure.error }
                let wait = max(rules.retry.delay(beforeAttempt: vain + 1), failure.wait ?? .zero)
                guard let end, .now + wait < end else {
                    throw failure.wait.map { IngestError.askedToWait($0.seconds) } ?? failure.error
                }
                if let asked = failure.wait { gates.close(entry.host, for: asked) }
                try await Task.sleep(for: wait)
            }
        }
    }

    /// What ended an attempt, and the wait that the server asks for.
    private struct Failure: Error {
        let error: any CodedError
        var wait: Duration?
    }

    private func attempt(
        _ url: String, _ partial: PartialFile, until end: ContinuousClock.Instant
    ) async throws -> String? {
        let tooSlow = IngestError.tooSlow(rules.deadline.seconds)
        do {
            let remaining = end - .now
            guard remaining > .zero else { throw tooSlow }
            return try await exchange(url, partial, deadline: remaining)
        } catch is CancellationError {
            throw CancellationError()
        } catch let failure as Failure {
            throw failure
        } catch HTTPClientError.deadlineExceeded {
            throw Failure(error: tooSlow)
        } catch HTTPClientError.cancelled {
            throw CancellationError()
        } catch let error as any CodedError {
            // What the disk refuses ends the job, not the file.
            if let error = error as? IngestError, case .diskFull = error { throw error }
            throw Failure(error: error)
        }
    }

    private func exchange(_ url: String, _ partial: PartialFile, deadline: Duration) async throws -> String? {
        let (size, source) = (partial.size, partial.source)
        var request = ClientRequest(.get, url, deadline: deadline, idleTimeout: rules.stall)
        if size > 0, let validator = source?.validator {
            request.headers["Range"] = "bytes=\(size)-"
            request.headers["If-Range"] = validator
        }
        let response = try await client.send(request)
        let type = response.headers["Content-Type"].map { String($0.prefix { $0 != ";" }).trimmed.lowercased() }
        var begin: Int64 = 0
        switch response.status.rawValue {
        case 200:
            guard type != "text/html", type != "application/xhtml+xml" else { throw IngestError.webPage }
            let source = PartialFile.Source(url: url, validator: Self.validator(response.headers), mediaType: type)
            try await threads.run { try partial.restart(source) }
        case 206:
            let range = Self.contentRange(response.headers)
            guard range?.first == size else {
                try await forget(partial)
                throw HTTPClientError.protocolViolation(detail: "the server sent another range than it was asked for", curlCode: 0)
            }
            begin = size
        case 416:
            if Self.contentRange(response.headers)?.total == size { return source?.mediaType }
            try await forget(partial)
            throw Failure(error: IngestError.answered(503))
        case let status:
            throw Failure(error: IngestError.answered(status), wait: response.retryAfter)
        }
        let tooLarge = IngestError.tooLarge(most: rules.mostBytes)
        let length = response.headers["Content-Length"].flatMap { Int64($0) }
        if let length, begin + length > rules.mostBytes { throw tooLarge }
        var (count, looked, rate) = (begin, Int64(0), LeastRate(since: .now))
        try lookForRoom(partial, for: length ?? 0)
        for try await chunk in response.body {
            count += Int64(chunk.count)
            guard count <= rules.mostBytes else { throw tooLarge }
            try rate.add(chunk.count, at: .now)
            if count - looked > Self.lookEvery {
                try lookForRoom(partial, for: 0)
                looked = count
            }
            try await threads.run { try partial.append(chunk) }
        }
        return type
    }

    private func forget(_ partial: PartialFile) async throws {
        try await threads.run { try partial.restart(PartialFile.Source(url: "")) }
    }

    private func lookForRoom(_ partial: PartialFile, for bytes: Int64) throws(IngestError) {
        guard partial.room - bytes >= rules.minimumFree else { throw .diskFull }
    }

    /// A weak entity tag does not promise the same bytes.
    private static func validator(_ headers: HTTPHeaders) -> String? {
        if let tag = headers["ETag"], !tag.hasPrefix("W/") { return tag }
        return headers["Last-Modified"]
    }

    /// Reads `bytes 5-9/10` and `bytes */10`.
    private static func contentRange(_ headers: HTTPHeaders) -> (first: Int64?, total: Int64?)? {
        guard let value = headers["Content-Range"], value.hasPrefix("bytes ") else { return nil }
        let parts = value.dropFirst(6).split(separator: "/")
        guard parts.count == 2 else { return nil }
        return (parts[0].split(separator: "-").first.flatMap { Int64($0) }, Int64(parts[1]))
    }
}
