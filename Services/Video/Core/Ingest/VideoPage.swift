import Contracts
import FoundationEssentials
import Glibc
import Jobs
import Primitives

/// What a web page shows, as yt-dlp finds and fetches it. It runs in a job's process: the only way out is the door behind `port`, which
/// asks no server at a private address.
struct VideoPage {
    struct Rules {
        /// Lines of the picture, at most; 0 for no limit.
        var mostLines = 0
        var isSoundOnly = false
        /// Bytes of all that is fetched.
        var mostBytes: Int64 = 4 << 30
        /// How long all of it may take, seconds.
        var deadline = 3600.0
        /// How long a server may send nothing, seconds.
        var stall = 30.0
    }

    /// What was fetched.
    struct Film {
        /// In the folder.
        let fileName: String
        let title: String
        /// Bytes.
        let size: Int64
        /// What the page says of it.
        let facts: [String: JSONValue]

        var fileExtension: String { fileName.split(separator: ".").last.map(String.init) ?? "" }
    }

    /// What is told of a video, by yt-dlp's names for it; see the section on output templates in its manual.
    private static let facts = [
        "title": "title", "uploader": "uploader", "extractor_key": "site", "id": "id", "webpage_url": "page",
        "duration": "length_seconds", "width": "width", "height": "height", "upload_date": "upload_date",
    ]
    private static let python = "/usr/bin/python3"
    private static let infoName = ".info.json"
    private static let mostInfo = 32 << 20

    /// Where yt-dlp is: a folder with its Python package.
    let tool: String
    let folder: String
    let port: PeerPort
    let rules: Rules

    /// The file of the package that can be run; it is not there where yt-dlp is not installed.
    static func program(_ tool: String) -> String { tool + "/yt_dlp/__main__.py" }

    /// Finds the one video that a page shows, and fetches it. It blocks.
    /// - Parameter progress: called with the fraction fetched.
    /// - Throws: `PageError`, `IngestError`, and `ChildProcess.SpawnError`.
    func fetch(_ url: String, progress: (Double) -> Void) throws -> Film {
        let end = ContinuousClock.now + .seconds(rules.deadline)
        let info = folder + "/" + Self.infoName
        defer { unlink(info) }
        // Of a list two are enough to know that it is one.
        try run(
            ["--simulate", "--playlist-items", "1:2", "--print-to-file", "video:%()j", info, "--", url], until: end
        ) { _ in true }
        let video = try video(at: info)
        var name: Substring?
        var transfer = Transfer(parts: video["requested_formats"]?.arrayValue?.count ?? 1)
        try run(
            [
                // Where what was found does not answer any more, yt-dlp looks at the page again.
                "--load-info-json", info, "--playlist-items", "1", "--match-filters", "!is_live", "--progress", "--newline",
                "--progress-template",
                "download:studio-bytes %(progress.downloaded_bytes|0)d %(progress.total_bytes,progress.total_bytes_estimate|0)d "
                    + "%(info.format_id)s",
                "--print", "after_move:studio-file %(filepath)s", "--output", "video.%(ext)s",
            ], until: end
        ) { line in
            let words = line.split(separator: " ", maxSplits: 1)
            if words.first == "studio-file" { name = words.last?.split(separator: "/").last }
            if words.first == "studio-bytes", let last = words.last {
                transfer.add(last.split(separator: " ", maxSplits: 2))
                progress(transfer.fraction)
            }
            return transfer.bytes <= rules.mostBytes
        }
        guard let name, case let size = size(of: String(name)), size > 0 else { throw PageError.nothingShown }
        guard size <= rules.mostBytes else { throw IngestError.tooLarge(most: rules.mostBytes) }
        var title = video["title"]?.stringValue ?? ""
        // The videos of a page without a player of a site's are numbered, also where there is but one.
        if video["extractor_key"] == "HTML5MediaEmbed", title.hasSuffix(" (1)") { title.removeLast(4) }
        var facts: [String: JSONValue] = [:]
        for (key, name) in Self.facts { if let fact = video[key], fact != .null { facts[name] = fact } }
        facts["title"] = .string(title)
        return Film(fileName: String(name), title: title, size: size, facts: facts)
    }

    /// How far the files have come that make up the video: picture and sound may come one after the other.
    private struct Transfer {
        let parts: Int
        private var files: [Substring: Int64] = [:]
        private var (last, total): (Int64, Int64) = (0, 0)

        init(parts: Int) { self.parts = parts }

        /// Of all of them.
        var bytes: Int64 { files.values.reduce(0, +) }

        var fraction: Double {
            let share = total > 0 ? min(1, Double(last) / Double(total)) : 0
            return (Double(max(0, files.count - 1)) + share) / Double(max(parts, files.count))
        }

        /// - Parameter words: the bytes of the present file that have come, all of them or 0, and its name.
        mutating func add(_ words: [Substring]) {
            guard words.count == 3, let come = Int64(words[0]), let all = Int64(words[1]) else { return }
            (last, total) = (come, all)
            files[words[2]] = come
        }
    }

    /// Reads what the first run has found.
    private func video(at info: String) throws -> [String: JSONValue] {
        var status = stat()
        guard stat(info, &status) == 0 else { throw PageError.nothingShown }
        guard status.st_size <= Self.mostInfo else { throw PageError.failed("it has more to say of the page than is read") }
        guard let content = FileManager.default.contents(atPath: info) else { throw PageError.nothingShown }
        let videos = Bytes(content).split(separator: 10)
        guard let first = videos.first, let video = try JSONValue(parsing: Bytes(first)).objectValue else {
            throw PageError.nothingShown
        }
        guard videos.count == 1 else { throw PageError.severalVideos }
        guard video["is_live"]?.boolValue != true else { throw PageError.isLive }
        return video
    }

    private func size(of name: String) -> Int64 {
        var status = stat()
        guard lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 0 }
        return Int64(status.st_size)
    }

    /// - Parameter onLine: called with each line that yt-dlp says; whether it shall go on.
    private func run(
        _ arguments: [String], until end: ContinuousClock.Instant, _ onLine: (String) -> Bool
    ) throws {
        var common = [
            Self.python, "-I", "-B", Self.program(tool), "--ignore-config", "--no-plugin-dirs", "--no-cache-dir", "--no-quiet",
            "--no-warnings", "--color", "never", "--no-playlist", "--no-mtime", "--downloader", "native", "--retries", "5",
            "--fragment-retries", "5", "--socket-timeout", "\(Int(rules.stall.rounded(.up)))", "--proxy",
            "socks5h://127.0.0.1:\(port.number)", "--paths", folder,
        ]
        if rules.mostLines > 0 { common += ["--format-sort", "res:\(rules.mostLines)"] }
        if rules.isSoundOnly { common += ["--format", "bestaudio/best", "--extract-audio"] }
        let process = try ChildProcess(
            common + arguments,
            environment: [
                "PATH=/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
            ], input: [], group: .inherited)
        var isTooLarge = false
        let ended = process.wait(limit: end - .now) { bytes in
            if !onLine(String(decoding: bytes, as: UTF8.self)) {
                isTooLarge = true
                process.kill()
            }
        }
        if isTooLarge { throw IngestError.tooLarge(most: rules.mostBytes) }
        if ended.timedOut { throw PageError.tooSlow(rules.deadline) }
        guard ended.exit == .code(0) else { throw PageError.reading(ended.errors, ended.exit) }
    }
}
