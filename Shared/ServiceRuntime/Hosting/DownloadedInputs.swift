import Blobs
import Contracts
import HTTP
import HTTPClient
import Jobs
import Primitives

/// Inputs fetched from the public internet. Addresses inside are refused, whatever a name resolves or redirects to.
struct DownloadedInputs: RemoteInputs {
    private static let deadline = Duration.minutes(30)
    private let client: HTTPClient
    private let limit: ByteSize
    private let service: String
    private let blobs: any BlobStore
    private let files: any FileDirectory

    /// - Parameters:
    ///   - limit: bytes of one input.
    ///   - hosts: that may be asked at private addresses too.
    init(service: String, limit: ByteSize, hosts: Set<String>, blobs: any BlobStore, files: any FileDirectory) {
        client = HTTPClient(configuration: HTTPClientConfiguration(egress: .allowing(hosts)))
        (self.service, self.limit, self.blobs, self.files) = (service, limit, blobs, files)
    }

    func fetch(_ url: String, owner: String, key: String) async throws(JobProblem) -> JobFile {
        do {
            let response = try await client.send(ClientRequest(.get, url, deadline: Self.deadline))
            guard response.status == .ok else {
                throw JobProblem(
                    code: "url-answered-\(response.status.rawValue)", message: "the URL answered \(response.status.rawValue)",
                    isRetriable: response.status.rawValue >= 500)
            }
            let blob = try await store(response, key)
            let holder = BlobOwner(service: service, id: key)
            do {
                let type = response.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased()
                var file = JobFile(
                    file: nil, digest: blob.digest, size: blob.size, name: URLFileName.name(ofURL: response.effectiveURL),
                    mediaType: type ?? "application/octet-stream")
                file.file = try await files.register(file, owner: owner, key: key, origin: "url")
                try await blobs.release(blob.digest, owner: holder)
                return file
            } catch {
                try await blobs.release(blob.digest, owner: holder)
                throw error
            }
        } catch let problem as JobProblem {
            throw problem
        } catch HTTPClientError.deadlineExceeded {
            // Who has taken all the time that there is would take it again.
            throw JobProblem(code: "url-too-slow", message: "the URL was not fetched within \(Int(Self.deadline.seconds / 60)) min")
        } catch let error as any CodedError {
            throw JobProblem(error)
        } catch {
            throw JobProblem(code: "cancelled", message: "the download was cancelled", isRetriable: true)
        }
    }

    private func store(_ response: ClientResponse, _ key: String) async throws -> BlobReference {
        let tooLarge = HTTPClientError.bodyTooLarge(limit: limit)
        if let length = response.headers["Content-Length"].flatMap({ Int64($0) }), length > limit.bytes { throw tooLarge }
        let writer = try await blobs.writer()
        do {
            var (size, rate) = (Int64(0), LeastRate(since: .now))
            for try await chunk in response.body {
                size += Int64(chunk.count)
                guard size <= limit.bytes else { throw tooLarge }
                try rate.add(chunk.count, at: .now)
                try await writer.append(chunk)
            }
            return try await writer.commit(owner: BlobOwner(service: service, id: key))
        } catch {
            await writer.abort()
            throw error
        }
    }
}
