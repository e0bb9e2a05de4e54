import Primitives
import Glibc
import Synchronization

/// Shows how far something is on standard error: a bar on a terminal, else a line for each stage and each tenth.
final class ProgressDisplay: Sendable {
    private let isTerminal: Bool
    private let isSilent: Bool
    private let last = Mutex<(tenth: Int, stage: String)>((-1, ""))

    /// - Parameter isSilent: shows nothing, for `--json`.
    init(isSilent: Bool) {
        isTerminal = isatty(2) == 1
        self.isSilent = isSilent
    }

    /// - Parameter fraction: from 0 to 1.
    func show(_ stage: String, _ fraction: Double) {
        guard !isSilent else { return }
        let percent = Int((fraction * 100).rounded())
        if isTerminal {
            let filled = percent * 30 / 100
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
            StandardError.write("\r\u{1B}[K\(stage.padded(to: 12)) \(bar) \(percent) %")
        } else {
            let isNews = last.withLock { last in
                defer { last = (percent / 10, stage) }
                return last.tenth != percent / 10 || last.stage != stage
            }
            if isNews { StandardError.write("\(stage) \(percent) %\n") }
        }
    }

    /// Removes the bar.
    func clear() {
        if isTerminal && !isSilent { StandardError.write("\r\u{1B}[K") }
    }
}
