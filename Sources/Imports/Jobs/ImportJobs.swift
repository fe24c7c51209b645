import JobQueue

/// How long the history tells of the jobs of an import that have ended.
private let remembered = JobOptions(keep: .seconds(3 * 86_400))

/// Plans an import: checks its mapping, reserves ids, finds what its parts have in common, and
/// enqueues the work.
struct RunImport: DurableJob {
  static let name = "import.run"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  /// The start it belongs to.
  let run: Int
}

/// Imports one part of the file.
struct ImportPart: DurableJob {
  static let name = "import.part"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  let run: Int
  let part: Int
}

/// Imports rows that were put aside because their identifier occurs in several parts.
struct ContestedRowsJob: DurableJob {
  static let name = "import.tail"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  let run: Int
  let bucket: Int
}

/// Decides what comes after the jobs of a batch: the next part, the rows put aside, or the end.
struct FinishImport: DurableJob {
  static let name = "import.finish"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  let run: Int
  /// The part of an ordered import that has just been done.
  var part: Int?
  /// Whether the rows put aside have been done.
  var afterContested: Bool

  private enum CodingKeys: String, CodingKey {
    case importID, run, part
    case afterContested = "afterTail"
  }
}

/// Looks for imports that stand still, uploads that were left, and imports that could start.
struct SweepImports: DurableJob {
  static let name = "import.sweep"
  static let queue = "imports"
}

extension EnqueueOptions {
  /// Options of a job of an import. Each import is a lane of its own, so that a large one does not
  /// hold up a small one; a higher priority, and somebody who waits, gets a larger share.
  static func of(_ item: Import, createdBy: Int64? = nil) -> EnqueueOptions {
    let priority = item.isForeground ? 1 : max(1, min(512, item.priority))
    return EnqueueOptions(
      group: "import:\(item.id)", groupWeight: 512 / Double(priority),
      object: JobSubject(type: "import", id: item.id), createdBy: createdBy ?? item.createdBy)
  }
}
