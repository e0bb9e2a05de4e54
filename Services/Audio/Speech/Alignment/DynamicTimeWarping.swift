/// The cheapest way through a matrix from its first cell to its last, by steps down, right or both.
///
/// Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition", IEEE Transactions on Acoustics,
/// Speech and Signal Processing 26, 1978.
enum DynamicTimeWarping {
    /// - Parameters:
    ///   - costs: [rows, columns], a row after the other; both at least 1.
    /// - Returns: for every row the first column of the way in it.
    static func firstColumns(costs: [Float], rows: Int, columns: Int) -> [Int] {
        // The step that led to each cell: 0 both, 1 down, 2 right.
        var steps = [UInt8](repeating: 2, count: rows * columns)
        var above = [Float](repeating: .infinity, count: columns)
        var current = above
        for row in 0..<rows {
            for column in 0..<columns {
                let both = column > 0 ? above[column - 1] : (row == 0 ? 0 : .infinity)
                let (down, right) = (above[column], column > 0 ? current[column - 1] : .infinity)
                let cell = row * columns + column
                let isFirst = row == 0 && column == 0
                let before: Float
                if isFirst {
                    before = 0
                } else if both < down && both < right {
                    (before, steps[cell]) = (both, 0)
                } else if down < both && down < right {
                    (before, steps[cell]) = (down, 1)
                } else {
                    before = right
                }
                current[column] = before + costs[cell]
            }
            swap(&above, &current)
        }
        var first = [Int](repeating: 0, count: rows)
        var (row, column) = (rows - 1, columns - 1)
        while row > 0 || column > 0 {
            first[row] = column
            let step = column == 0 ? 1 : row == 0 ? 2 : steps[row * columns + column]
            if step != 2 { row -= 1 }
            if step != 1 { column -= 1 }
        }
        first[0] = 0
        return first
    }
}
