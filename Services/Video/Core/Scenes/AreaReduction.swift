/// Makes a square of means of a picture's equal fields; a pixel on a border counts in both with its parts.
struct AreaReduction {
    private typealias Field = [(place: Int, share: Double)]
    private let width: Int
    private let columns: [Field]
    private let rows: [Field]

    /// - Parameters:
    ///   - width: of the picture in pixels; `height` likewise.
    ///   - side: of the square in fields.
    init(width: Int, height: Int, side: Int) {
        self.width = width
        (columns, rows) = (Self.fields(of: width, count: side), Self.fields(of: height, count: side))
    }

    private static func fields(of length: Int, count: Int) -> [Field] {
        let size = Double(length) / Double(count)
        return (0..<count).map { index in
            let (start, end) = (Double(index) * size, min(Double(length), Double(index + 1) * size))
            return (Int(start)..<min(length, Int(end.rounded(.up)))).map { place in
                (place, (min(end, Double(place + 1)) - max(start, Double(place))) / (end - start))
            }
        }
    }

    /// - Parameter samples: one a pixel, rows from the top.
    /// - Returns: the fields' means, rounded to the nearest and halves to the even, rows from the top.
    func reduce(_ samples: [UInt8]) -> [UInt8] {
        samples.withUnsafeBufferPointer { samples in
            rows.flatMap { row in
                columns.map { column in
                    let mean = row.reduce(0.0) { sum, line in
                        let start = line.place * width
                        return sum + line.share * column.reduce(0.0) { $0 + $1.share * Double(samples[start + $1.place]) }
                    }
                    // Shares are not exact in binary: what lies this close to a half is one.
                    return UInt8(clamping: Int(((mean * 65536).rounded() / 65536).rounded(.toNearestOrEven)))
                }
            }
        }
    }
}
