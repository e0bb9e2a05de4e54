import Blobs
import Contracts
import HTTP
import HTTPServer
import Jobs
import Primitives
import ServiceRuntime
import VideoAPI
import VideoCore

/// What `video.ingest` has brought: `/video/library`. Everyone sees their own.
struct LibraryRoutes: Sendable {
    private static let longestPage = 500
    private let doors: ServiceDoors
    private let library: Library
    private let threads = BlockingThreads(name: "library", count: 2)

    init(_ doors: ServiceDoors) {
        self.doors = doors
        library = Library(doors.libraryFolder)
    }

    func add(to router: inout Router) {
        let scope = Scope(rawValue: VideoService.scope)
        let base = "/\(VideoService.name)/library"
        router.on(.get, base, doors.authenticator.require(scope, creators))
        router.on(.get, base + "/{creator}", doors.authenticator.require(scope, files))
        router.on(.get, base + "/{creator}/{name}", doors.authenticator.require(scope, content))
        router.on(.post, base + "/{creator}/{name}", doors.authenticator.require(scope, register))
        router.on(.delete, base + "/{creator}/{name}", doors.authenticator.require(scope, remove))
    }

    private func creators(_ request: Request, _ principal: Principal) async throws -> Response {
        let page = try Page(request)
        let names = page.of(try await threads.run { library.creators(owner: principal.owner) }) { $0 }
        let document: JSONValue = ["creators": .array(names.items.map(JSONValue.string)), "next": JSONValue(names.next)]
        return .json(document)
    }

    private func files(_ request: Request, _ principal: Principal) async throws -> Response {
        let (page, creator) = (try Page(request), request.parameters["creator"] ?? "")
        let files = try await threads.run { try library.folder(owner: principal.owner, existing: creator)?.files() }
        guard let files else { throw Problem(status: .notFound, code: "creator-not-found", "there is no creator \(creator)") }
        let found = page.of(files) { $0.name }
        let documents = found.items.map { file -> JSONValue in
            [
                "name": .string(file.name), "bytes": .integer(file.size), "url": JSONValue(file.entry?.url),
                "sha256": JSONValue(file.entry?.sha256), "fetched": JSONValue(file.entry?.fetched.iso8601),
            ]
        }
        let document: JSONValue = ["files": .array(documents), "next": JSONValue(found.next)]
        return .json(document)
    }

    private func content(_ request: Request, _ principal: Principal) async throws -> Response {
        let (name, path) = try file(request, principal)
        let response = try Response.file(path: path, type: "application/octet-stream", for: request, downloadName: name)
        return response.adding("X-Content-Type-Options", "nosniff")
    }

    /// Makes it one of the principal's files, for operations to take.
    private func register(_ request: Request, _ principal: Principal) async throws -> Response {
        let (name, path) = try file(request, principal)
        let key = Identifier.make("lib")
        let holder = BlobOwner(service: VideoService.name, id: key)
        let source = try await threads.run { try LibraryFile(path) }
        let writer = try await doors.blobs.writer()
        let blob: BlobReference
        do {
            var place: Int64 = 0
            while case let piece = try await threads.run({ [place] in try source.read(from: place) }), !piece.isEmpty {
                try await writer.append(piece)
                place += Int64(piece.count)
            }
            blob = try await writer.commit(owner: holder)
        } catch {
            await writer.abort()
            throw error
        }
        let result: Result<String, JobProblem>
        do throws(JobProblem) {
            let file = JobFile(
                file: nil, digest: blob.digest, size: blob.size, name: name, mediaType: "application/octet-stream")
            result = .success(try await doors.files.register(file, owner: principal.owner, key: key, origin: "library"))
        } catch {
            result = .failure(error)
        }
        try await doors.blobs.release(blob.digest, owner: holder)
        let id = try result.get()
        let document: JSONValue = ["id": .string(id), "name": .string(name), "size": .integer(blob.size)]
        return .json(document, status: .created).adding("Location", "/files/\(id)")
    }

    private func remove(_ request: Request, _ principal: Principal) async throws -> Response {
        let (creator, name) = (request.parameters["creator"] ?? "", request.parameters["name"] ?? "")
        guard try await threads.run({ library.remove(owner: principal.owner, creator: creator, name: name) }) else {
            throw Self.notFound(creator, name)
        }
        return .empty(.noContent)
    }

    private func file(_ request: Request, _ principal: Principal) throws -> (name: String, path: String) {
        let (creator, name) = (request.parameters["creator"] ?? "", request.parameters["name"] ?? "")
        guard let path = library.file(owner: principal.owner, creator: creator, name: name) else {
            throw Self.notFound(creator, name)
        }
        return (name, path)
    }

    private static func notFound(_ creator: String, _ name: String) -> Problem {
        Problem(status: .notFound, code: "file-not-found", "\(creator) has no file \(name)")
    }

    /// The part of a sorted list that a request asks for.
    private struct Page {
        let after: String
        let limit: Int

        init(_ request: Request) throws {
            after = request.query["after"] ?? ""
            guard let limit = Int(request.query["limit"] ?? "100"), (1...longestPage).contains(limit) else {
                throw Problem(
                    status: .badRequest, code: "out-of-range", "limit must be between 1 and \(longestPage)", field: "limit")
            }
            self.limit = limit
        }

        func of<Item>(_ items: [Item], _ name: (Item) -> String) -> (items: [Item], next: String?) {
            let rest = items.drop { name($0) <= after }
            return (Array(rest.prefix(limit)), rest.count > limit ? rest.prefix(limit).last.map(name) : nil)
        }
    }
}
