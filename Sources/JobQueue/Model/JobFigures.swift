public import Foundation

/// What the jobs of one kind did in a span of time, slot by slot.
public struct JobFigures: Sendable, Equatable {
  /// The length of slots. Workers write each.
  public enum Resolution: String, Sendable, CaseIterable {
    /// The last hour.
    case minute = "m"
    /// The last day.
    case tenMinutes = "t"

    /// The seconds of a slot.
    public var seconds: Int { self == .minute ? 60 : 600 }
    /// The slots of the span.
    public var count: Int { self == .minute ? 60 : 144 }
    /// The seconds for which a slot is kept.
    var kept: Int { (count + 2) * seconds }
  }

  /// The queue's name.
  public var queue: String
  /// The name of the jobs' kind.
  public var name: String
  /// The jobs that ended well in each slot.
  public var done: [Int]
  /// The attempts that failed in each slot.
  public var failed: [Int]
  /// The runs of the handler, of which each may take several jobs.
  public var runs = 0
  /// The time of all runs.
  public var milliseconds = 0
  /// The runs by their length: see ``bucket(of:)``.
  var lengths: [Int: Int] = [:]

  init(queue: String, name: String, slots: Int) {
    self.queue = queue
    self.name = name
    done = Array(repeating: 0, count: slots)
    failed = done
  }

  /// The mean time of a run in seconds; nil without runs.
  public var meanSeconds: Double? {
    runs > 0 ? Double(milliseconds) / Double(runs) / 1000 : nil
  }

  /// The time in seconds within which a share of the runs ended, to the next of two steps for each doubling.
  public func seconds(within share: Double) -> Double? {
    let all = lengths.values.reduce(0, +)
    guard all > 0 else { return nil }
    var seen = 0
    for (bucket, count) in lengths.sorted(by: { $0.key < $1.key }) {
      seen += count
      if Double(seen) >= share * Double(all) { return exp2(Double(bucket + 1) / 2) / 1000 }
    }
    return nil
  }

  /// The bucket of a run's length: two for each doubling from a millisecond.
  static func bucket(of milliseconds: Double) -> Int {
    Int(log2(min(max(milliseconds, 1), 1e9)) * 2)
  }
}

/// The figures of all kinds of jobs.
public struct JobFigureSpan: Sendable {
  /// The beginning of the first slot.
  public var begin: Date
  /// The seconds of a slot.
  public var step: Int
  /// By kind, ordered by queue and name.
  public var jobs: [JobFigures]
}

/// The name of a figure in a slot.
enum JobFigureField {
  /// The kind of a job.
  struct Key: Hashable, Sendable {
    var queue: String
    var name: String
  }
  enum Measure: Hashable, Sendable {
    case done, failed, runs, milliseconds
    case length(Int)
  }

  static func text(_ key: Key, _ measure: Measure) -> String {
    let end =
      switch measure {
      case .done: "d"
      case .failed: "f"
      case .runs: "n"
      case .milliseconds: "t"
      case .length(let bucket): "b\(bucket)"
      }
    return "\(key.queue)\t\(key.name)\t\(end)"
  }

  /// Nil for a field of a newer version.
  static func parse(_ text: String) -> (Key, Measure)? {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let key = Key(queue: String(parts[0]), name: String(parts[1]))
    switch parts[2] {
    case "d": return (key, .done)
    case "f": return (key, .failed)
    case "n": return (key, .runs)
    case "t": return (key, .milliseconds)
    case let end where end.first == "b": return Int(end.dropFirst()).map { (key, .length($0)) }
    default: return nil
    }
  }
}
