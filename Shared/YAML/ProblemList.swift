package import Primitives

/// Something in a file that is wrong, and where.
package struct FileProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file's name.
    package let file: String
    package let position: YAMLPosition
    package let text: String

    package init(file: String, position: YAMLPosition, text: String) {
        (self.file, self.position, self.text) = (file, position, text)
    }

    package var description: String { "\(file):\(position.line):\(position.column): \(text)" }
}

/// The problems found so far in one file.
package final class ProblemList {
    package let file: String
    package private(set) var problems: [FileProblem] = []
    /// Enough to see what is wrong; a file of another kind would give thousands.
    private static let limit = 50

    /// - Parameter file: the file's name, for messages.
    package init(file: String) {
        self.file = file
    }

    /// Notes a problem.
    package func add(_ text: String, at position: YAMLPosition) {
        guard problems.count < Self.limit else { return }
        problems.append(FileProblem(file: file, position: position, text: text))
    }

    /// The problems from the file's beginning to its end.
    package var sorted: [FileProblem] {
        problems.sorted { ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column) }
    }

    /// The root of a file's text; `nil` when there is none, which is noted.
    /// - Parameter text: UTF-8.
    package func parse(_ text: Bytes) -> YAMLNode? {
        do {
            if let root = try YAMLParser.parse(text) { return root }
            add("the file is empty", at: .start)
        } catch {
            add(error.problem, at: error.position)
        }
        return nil
    }
}
