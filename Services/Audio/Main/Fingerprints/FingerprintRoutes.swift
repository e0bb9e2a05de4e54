import AudioAPI
import AudioFingerprint
import Contracts
import HTTP
import HTTPServer
import Jobs
import Primitives
import ServiceRuntime

/// What can be asked of the known sounds: `/audio/fingerprints` and `/audio/duplicates`. Everyone sees their own files only.
struct FingerprintRoutes: Sendable {
    private let doors: ServiceDoors
    private let library: FingerprintLibrary

    init(_ doors: ServiceDoors) {
        self.doors = doors
        library = FingerprintLibrary(database: doors.database, blobs: doors.blobs)
    }

    func add(to router: inout Router) {
        let scope = Scope(rawValue: AudioService.scope)
        let base = "/\(AudioService.name)"
        router.on(.get, "\(base)/fingerprints", doors.authenticator.require(scope, list))
        router.on(.post, "\(base)/fingerprints/search", doors.authenticator.require(scope, search))
        router.on(.delete, "\(base)/fingerprints/{id}", doors.authenticator.require(scope, remove))
        router.on(.get, "\(base)/duplicates", doors.authenticator.require(scope, duplicates))
    }

    private func list(_ request: Request, _ principal: Principal) async throws -> Response {
        let (owner, before, limit) = (principal.owner, request.query["before"], try request.query.limit(50))
        let page = try await living(for: principal) {
            try await library.read { try FingerprintStore.page(owner: owner, before: before, limit: limit, on: $0) }
        } entries: {
            $0
        }
        let next = page.count == limit ? page.last?.id : nil
        let document: JSONValue = ["fingerprints": .array(page.map(\.document)), "next": JSONValue(next)]
        return .json(document)
    }

    private func search(_ request: Request, _ principal: Principal) async throws -> Response {
        var question = try FingerprintQuestion(try await request.body.collect(upTo: .mib(1)))
        // A file keeps its newest job's fingerprint; an earlier job stands for the file as well.
        if question.field == "job", case .known(let id) = question.subject,
            let file = try? await doors.jobs.job(id, for: principal).inputs.first?.file
        {
            question.subject = .known(file)
        }
        let owner = principal.owner
        let (asked, limit) = (question.subject, question.limit)
        let answer = try await living(for: principal) {
            try await library.read { connection -> [FingerprintFinding]? in
                let (own, fingerprint): (FingerprintEntry?, Fingerprint)
                switch asked {
                case .fingerprint(let given): (own, fingerprint) = (nil, given)
                case .known(let key):
                    guard let known = try FingerprintStore.find(key, owner: owner, on: connection) else { return nil }
                    (own, fingerprint) = known
                }
                let findings = try FingerprintStore.search(fingerprint, owner: owner, limit: limit + 1, on: connection)
                return Array(findings.filter { $0.entry.id != own?.id }.prefix(limit))
            }
        } entries: {
            ($0 ?? []).map(\.entry)
        }
        guard let answer else {
            throw Problem(
                status: .notFound, code: "fingerprint-not-found",
                "this has no fingerprint here: run audio.fingerprint on the file first", field: question.field)
        }
        return .json(["matches": .array(answer.map(\.document))])
    }

    /// An answer that names no file which its owner has deleted. The sounds of those are forgotten and the question is asked again.
    private func living<T>(
        for principal: Principal, _ ask: () async throws -> T, entries: (T) -> [FingerprintEntry]
    ) async throws -> T {
        while true {
            let answer = try await ask()
            var dead: [FingerprintEntry] = []
            for entry in Dictionary(entries(answer).map { ($0.file, $0) }, uniquingKeysWith: { $1 }).values {
                do {
                    _ = try await doors.files.resolve(entry.file, for: principal)
                } catch {
                    guard error.code == "file-not-found" else { throw error }
                    dead.append(entry)
                }
            }
            if dead.isEmpty { return answer }
            for entry in dead { _ = try await library.remove(entry.id, owner: principal.owner) }
        }
    }

    private func remove(_ request: Request, _ principal: Principal) async throws -> Response {
        let id = request.parameters["id"] ?? ""
        guard try await library.remove(id, owner: principal.owner) else {
            throw Problem(status: .notFound, code: "fingerprint-not-found", "there is no fingerprint \(id)")
        }
        return .empty(.noContent)
    }

    private func duplicates(_ request: Request, _ principal: Principal) async throws -> Response {
        let coverage = try request.query["coverage"].map { text in
            guard let coverage = Double(text), (0...1).contains(coverage) else {
                throw Problem(
                    status: .badRequest, code: "out-of-range", "coverage must be between 0 and 1", field: "coverage")
            }
            return coverage
        }
        let (owner, limit) = (principal.owner, try request.query.limit(100))
        let pairs = try await living(for: principal) {
            try await library.read {
                try FingerprintStore.duplicates(owner: owner, coverage: coverage ?? 0.5, limit: limit, on: $0)
            }
        } entries: {
            $0.flatMap { [$0.first, $0.second] }
        }
        return .json(["duplicates": .array(pairs.map(\.document))])
    }
}

extension QueryParameters {
    /// - Throws: `Problem` when it is not between 1 and 500.
    fileprivate func limit(_ standard: Int) throws -> Int {
        guard let text = self["limit"] else { return standard }
        guard let limit = Int(text), (1...500).contains(limit) else {
            throw Problem(status: .badRequest, code: "out-of-range", "limit must be between 1 and 500", field: "limit")
        }
        return limit
    }
}
