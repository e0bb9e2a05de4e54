import FoundationEssentials
import Primitives

/// A folder of its own for one test, removed with everything in it when the last reference goes.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter name: the beginning of the folder's name.
    package init(_ name: String = "avstudio-test") throws {
        let parent = FileManager.default.temporaryDirectory.path
        path = (parent.hasSuffix("/") ? parent : parent + "/") + Identifier.make(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        remove()
    }

    /// A path inside the folder.
    package func appending(_ name: String) -> String { path + "/" + name }

    /// Removes the folder now; also called at the end.
    package func remove() {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            Log("test").warning("a temporary folder remains", ["path": .string(path), "error": .string("\(error)")])
        }
    }
}
