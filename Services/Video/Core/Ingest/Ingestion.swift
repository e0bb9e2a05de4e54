import Contracts
import Glibc
import HTTPClient
import Jobs
import Primitives
import Synchronization

/// Fetches the files of a list into the folders of their creators, several at once.
final class Ingestion: Sendable {
    private let entries: [IngestEntry]
    private let library: Library
    private let owner: String
    private let download: Download
    private let page: PageRunner?
    private let parallel: Int
    /// Days after which what has come in part is given up.
    private static let mostDays = 7
    private let folders = Mutex<[String: CreatorFolder]>([:])
    private var threads: BlockingThreads { download.threads }

    /// Fetches what a page shows, within the time of one file, and gives the file and what it is called.
    typealias PageRunner = @Sendable (_ url: String) async throws -> (path: String, file: JobOutput.File)

    /// - Parameters:
    ///   - page: has yt-dlp look at what turns out to be a web page; `nil` where there is none.
    ///   - parallel: files at once.
    init(_ list: IngestList, owner: String, library: Library, download: Download, page: PageRunner?, parallel: Int) {
        (self.entries, self.owner, self.library) = (list.entries, owner, library)
        (self.download, self.page, self.parallel) = (download, page, parallel)
    }

    /// - Parameter onProgress: told after each file how many are done.
    /// - Throws: `IngestError` of the disk; `CancellationError`. What fails of a single URL is in the report.
    func run(onProgress: @Sendable (Int) -> Void) async throws -> IngestReport {
        let limit = Timestamp(milliseconds: Timestamp.now().milliseconds - Int64(Self.mostDays) * 86_400_000)
        try await threads.run { self.library.removeStalePartials(owner: self.owner, before: limit) }
        var report = IngestReport(count: entries.count)
        var plan = plan(&report)[...]
        var done = entries.count - plan.count
        try await withThrowingTaskGroup(of: (Int, IngestReport.Row).self) { group in
            for index in plan.prefix(parallel) { group.addTask { (index, try await self.fetch(self.entries[index])) } }
            plan = plan.dropFirst(parallel)
            while let (index, row) = try await group.next() {
                report.set(row, at: index)
                done += 1
                onProgress(done)
                if let next = plan.popFirst() { group.addTask { (next, try await self.fetch(self.entries[next])) } }
            }
        }
        return report
    }

    /// The order: hosts take turns, so that a slow one does not hold up the others. What is listed twice is left out.
    private func plan(_ report: inout IngestReport) -> [Int] {
        struct Place: Hashable { let creator, url: String }
        var (seen, turns): (Set<Place>, [String: Int]) = ([], [:])
        var plan: [(turn: Int, index: Int)] = []
        for (index, entry) in entries.enumerated() {
            guard seen.insert(Place(creator: entry.creator, url: entry.url)).inserted else {
                report.set(.init(entry: entry, state: .skipped, reason: "listed-twice"), at: index)
                continue
            }
            plan.append((turns[entry.host, default: 0], index))
            turns[entry.host, default: 0] += 1
        }
        return plan.sorted { ($0.turn, $0.index) < ($1.turn, $1.index) }.map(\.index)
    }

    private func folder(_ creator: String) throws(IngestError) -> CreatorFolder {
        try folders.withLock { folders throws(IngestError) in
            if let folder = folders[creator] { return folder }
            let folder = try library.folder(owner: owner, creator: creator)
            folders[creator] = folder
            return folder
        }
    }

    private func fetch(_ entry: IngestEntry) async throws -> IngestReport.Row {
        var row = IngestReport.Row(entry: entry, state: .failed)
        let start = ContinuousClock.now
        do {
            let name = entry.name ?? LibraryName.name(ofURL: entry.url)
            let folder = try await threads.run { try self.folder(entry.creator) }
            guard try await !isKnown(entry, name, in: folder, &row) else { return row }
            let partial = try await partial(of: entry, in: folder)
            do {
                // Whoever held it may have brought the file.
                guard try await !isKnown(entry, name, in: folder, &row) else {
                    partial.remove()
                    return row
                }
                defer { row.seconds = (.now - start).seconds }
                try await fetch(entry, name, into: partial, of: folder, &row)
            } catch {
                // What no later job can go on with would lie there for ever.
                if (error as? IngestError)?.isHopeless == true || partial.size == 0 { partial.remove() }
                throw error
            }
        } catch let error as IngestError where error == .diskFull {
            throw error
        } catch let error as any CodedError {
            (row.reason, row.message) = (error.code, error.message)
        }
        return row
    }

    private func fetch(
        _ entry: IngestEntry, _ name: String, into partial: PartialFile, of folder: CreatorFolder, _ row: inout IngestReport.Row
    ) async throws {
        row.attempts = 1
        let given: String
        do {
            let (type, attempts) = try await download.run(entry, into: partial)
            (row.attempts, given) = (attempts, LibraryName.completed(name, type: type))
        } catch let error as IngestError where error == .webPage {
            guard let page else { throw error }
            // Its time begins with its turn: others of the same host may take long.
            let (path, file) = try await download.gates.pass(entry.host) { try await page(entry.url) }
            try await threads.run {
                defer { unlink(path) }
                try partial.take(path, from: .init(url: entry.url, mediaType: file.mediaType))
            }
            let ownName = entry.name ?? (LibraryName.isGood(file.name) ? file.name : name)
            given = LibraryName.completed(ownName, type: file.mediaType)
        }
        let digest = try await threads.run { try partial.digest() }
        guard entry.digest == nil || entry.digest == digest else { throw IngestError.otherContent }
        let shelved = try await threads.run {
            try folder.shelve(partial, url: entry.url, name: given)
        }
        switch shelved {
        case .added(let file): (row.state, row.name, row.size, row.digest) = (.downloaded, file.name, file.size, file.sha256)
        case .known(let file): Self.skip(&row, file, "same-content")
        }
    }

    private func isKnown(
        _ entry: IngestEntry, _ name: String, in folder: CreatorFolder, _ row: inout IngestReport.Row
    ) async throws -> Bool {
        let known = try await threads.run { try folder.known(url: entry.url, name: name, digest: entry.digest) }
        guard let known else { return false }
        Self.skip(&row, known.entry, known.reason)
        row.name = known.entry?.name ?? name
        return true
    }

    private static func skip(_ row: inout IngestReport.Row, _ file: CreatorFolder.Entry?, _ reason: String) {
        (row.state, row.name, row.size, row.digest, row.reason) = (.skipped, file?.name, file?.size ?? 0, file?.sha256, reason)
    }

    /// Waits for another job that fetches the same, as long as a file may take.
    private func partial(of entry: IngestEntry, in folder: CreatorFolder) async throws -> PartialFile {
        let end = ContinuousClock.now + download.rules.deadline
        while true {
            if let partial = try await threads.run({ try PartialFile(url: entry.url, in: folder.path) }) { return partial }
            guard .now < end else { throw IngestError.inOtherHands }
            try await Task.sleep(for: .milliseconds(250))
        }
    }
}
