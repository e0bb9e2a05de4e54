import Foundation
import Primitives
import TestSupport
import Testing

/// OpenTimelineIO's own library, as another editing program would use it.
enum TimelineProgram {
    private static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let python = root + "/var/test-venv/bin/python"

    static var isWanted: Bool { ClientPrograms.areWanted(python) }

    /// - Returns: what it prints.
    @discardableResult
    static func run(_ arguments: String...) async throws -> String {
        let run = try await CommandRun.run(python, [root + "/Tests/Clients/timeline.py"] + arguments)
        try #require(run.status == 0, "\(run.errors)")
        return run.output
    }
}
