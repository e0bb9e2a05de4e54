import FoundationEssentials

/// Where one order runs: a folder of its own, and the spare process that waits there if there was one.
struct Workplace: Sendable {
    let folder: String
    let spare: SpareProcess?

    /// Where outputs are written.
    var outputFolder: String { folder + "/out" }

    /// Lets go of it all.
    func leave() {
        if let spare {
            spare.end()
        } else {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
