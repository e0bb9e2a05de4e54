import Foundation

/// Programs of others that tests run and `deploy/test` installs.
package enum ClientPrograms {
    private static let isRequired = ProcessInfo.processInfo.environment["AVSTUDIO_REQUIRE_CLIENTS"] == "1"

    /// Whether tests that need programs shall run: when they are there, and with `AVSTUDIO_REQUIRE_CLIENTS=1` also when they are
    /// not, as then their want is a failure and nothing to skip in silence.
    package static func areWanted(_ paths: String...) -> Bool {
        isRequired || paths.allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }
}
