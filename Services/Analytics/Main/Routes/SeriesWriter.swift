import AnalyticsCore
import Primitives

/// Writes series of sums as JSON: `{"columns": […], "series": [{"script_name": …, "metric_type": …, "points": [[…], …]}, …]}`.
struct SeriesWriter {
    private var bytes: Bytes
    private var hasSeries = false

    init(period: Period, interval: String) {
        bytes = Bytes()
        bytes.reserveCapacity(1 << 16)
        bytes.append(
            #"{"from":"\#(period.from.iso8601)","to":"\#(period.to.iso8601)","interval":"\#(interval)","#
                + #""columns":["time","count","sum","min","max"],"series":["#)
    }

    /// - Parameters:
    ///   - points: by time.
    ///   - name: the name of a script's number.
    mutating func add(_ points: [SeriesPoint], type: String, name: (Int64) throws -> String) rethrows {
        var series: [Int64: [Int]] = [:]
        for (index, point) in points.enumerated() { series[point.script, default: []].append(index) }
        let named = try series.map { (name: try name($0.key), indices: $0.value) }.sorted { $0.name < $1.name }
        var times: [Timestamp: String] = [:]
        for (script, indices) in named {
            bytes.append(hasSeries ? ",{\"script_name\":" : "{\"script_name\":")
            hasSeries = true
            bytes.append(contentsOf: JSONValue.string(script).serialized())
            bytes.append(",\"metric_type\":")
            bytes.append(contentsOf: JSONValue.string(type).serialized())
            bytes.append(",\"points\":[")
            for (place, index) in indices.enumerated() {
                let point = points[index]
                let time = times[point.time] ?? point.time.iso8601
                times[point.time] = time
                bytes.append(place > 0 ? ",[\"" : "[\"")
                bytes.append(time)
                bytes.append("\",")
                bytes.append(decimal: point.sum.count)
                for number in [point.sum.sum, point.sum.low, point.sum.high] {
                    bytes.append(",")
                    if let whole = Int64(exactly: number) { bytes.append(decimal: whole) } else { bytes.append(number.description) }
                }
                bytes.append("]")
            }
            bytes.append("]}")
        }
    }

    consuming func finished() -> Bytes {
        bytes.append("]}")
        return bytes
    }
}
