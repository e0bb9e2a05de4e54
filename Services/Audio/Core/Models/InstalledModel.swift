import AudioSpeech
import Glibc
import Inference
import Primitives

/// A model that is installed on this machine, as the registry describes it.
package struct InstalledModel: Sendable, Decodable {
    /// What a model is for. The registry also lists other services' models, whose tasks are nothing to this one.
    package struct Task: RawRepresentable, Hashable, Sendable, Codable {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let transcribe = Task(rawValue: "transcribe")
        package static let vad = Task(rawValue: "vad")
        package static let speak = Task(rawValue: "speak")
        package static let separate = Task(rawValue: "separate")
        package static let denoise = Task(rawValue: "denoise")
        package static let segmentSpeakers = Task(rawValue: "segment-speakers")
        package static let embedSpeakers = Task(rawValue: "embed-speakers")
    }

    /// What the person writes: `whisper-base`.
    package let name: String
    package let title: String
    package let task: Task
    /// Which code runs it: `sherpa-whisper`, `silero-vad`, `piper`, `spleeter`, `gtcrn`, …
    package let engine: String
    /// ISO 639 codes; empty where language does not matter.
    package let languages: [String]
    /// Of the audio that goes in or comes out, Hz.
    package let sampleRate: Int
    /// Bytes on disk.
    package let size: Int64
    package let licence: String
    /// Files by their role.
    let files: [String: String]
    let settings: JSONValue
    /// `user` for one of `models.d`, whatever else has its name; `nil` in a list that was written before it told this.
    private let source: String?
    /// The file that tells all this, in the folder of the registry.
    private let entry: String?
    /// Where relative paths begin.
    var folder = ""
    /// Whether `deploy/models install` knows its name, and not the person alone who added it.
    var isInstallable = false

    enum CodingKeys: String, CodingKey {
        case name, title, task, engine, languages, size, licence, files, settings, source, entry
        case sampleRate = "sample_rate"
    }

    /// The path of the file with a role.
    /// - Throws: `AudioError.modelBroken` when the registry names none.
    func file(_ role: String) throws(AudioError) -> String {
        guard let path = files[role] else { throw .modelBroken(name, "it has no file for \(role)") }
        return self.path(of: path)
    }

    /// Loads the network in the file with a role.
    /// - Throws: `AudioError.modelBroken`, `ModelError`.
    func network(_ role: String, options: ModelOptions) throws -> Model {
        let path = try file(role)
        return try loading { try Model(path: path, options: options) }
    }

    /// Loads from its files. Where they are is nobody's business who asks for a job: what mends them is told.
    /// - Throws: `AudioError.modelBroken` for files that are missing, damaged or of another kind; what else `load` throws.
    func loading<Loaded>(_ load: () throws -> Loaded) throws -> Loaded {
        do {
            return try load()
        } catch ModelError.missing(let path) {
            throw damaged("its file \(path.fileName) is missing")
        } catch ModelError.notAModel(let path, _) {
            throw damaged("its file \(path.fileName) is damaged or no network")
        } catch SpeechError.modelUnusable(let why) {
            throw damaged(why)
        }
    }

    /// - Parameter why: what is wrong with its files.
    func damaged(_ why: String) -> AudioError {
        let mend =
            if source == "user" {
                "put its files right, or what \(entry ?? "models.d") says of it"
            } else if isInstallable {
                "run deploy/models install \(name)"
            } else {
                "run deploy/models remove \(name), then add it again"
            }
        return .modelBroken(name, "\(why); \(mend)")
    }

    private func path(of file: String) -> String { file.hasPrefix("/") ? file : folder + "/" + file }

    /// The name and files of a model at one moment; another one when a file was replaced or changed since.
    struct State: Hashable, Sendable {
        struct File: Hashable, Sendable {
            let path: String
            let device: UInt
            let inode: UInt
            let size: Int
            let seconds: Int
            let nanoseconds: Int
        }

        let name: String
        let settings: JSONValue
        let files: Set<File>
    }

    /// The state now; a file that is not there is not part of it.
    var state: State {
        var found: Set<State.File> = []
        for file in files.values {
            var status = stat()
            guard stat(path(of: file), &status) == 0 else { continue }
            found.insert(
                State.File(
                    path: file, device: status.st_dev, inode: status.st_ino, size: status.st_size,
                    seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec))
        }
        return State(name: name, settings: settings, files: found)
    }

    /// What a process holds at its peak that runs the model: its weights as they are in the file, as they are unpacked, and once
    /// more while that is done.
    /// - Parameter base: what it holds besides.
    func memory(base: ByteSize) -> ByteSize { .bytes(base.bytes + 3 * size) }

    /// A number among its settings.
    func number(_ key: String) -> Double? { settings[key]?.doubleValue }

    /// A text among its settings.
    func text(_ key: String) -> String? { settings[key]?.stringValue }
}

extension String {
    fileprivate var fileName: Substring { split(separator: "/").last ?? self[...] }
}
