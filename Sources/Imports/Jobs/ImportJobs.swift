import JobQueue

/// The time for which ended jobs of an import remain in the history.
private let remembered = JobOptions(keep: .seconds(3 * 86_400))

/// Plans an import: checks its mapping, reserves ids, finds the keys that parts share, and enqueues
/// the work.
struct RunImport: DurableJob {
  static let name = "import.run"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  /// The run number of the import that the job belongs to.
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

/// Imports deferred rows, whose identifier occurs in several parts.
struct ContestedRowsJob: DurableJob {
  static let name = "import.tail"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  let run: Int
  let bucket: Int
}

/// Decides what follows the jobs of a batch: the next part, the deferred rows, or the end.
struct FinishImport: DurableJob {
  static let name = "import.finish"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
  let run: Int
  /// The part of an ordered import that has just been completed.
  var part: Int?
  /// Whether the deferred rows have been imported.
  var afterContested: Bool

  private enum CodingKeys: String, CodingKey {
    case importID, run, part
    case afterContested = "afterTail"
  }
}

/// Looks for stalled imports, abandoned uploads, and imports that could start.
struct SweepImports: DurableJob {
  static let name = "import.sweep"
  static let queue = "imports"
}

/// Removes the contacts that an import made and that nobody has touched since (IMP-75).
struct UndoImport: DurableJob {
  static let name = "import.undo"
  static let queue = "imports"
  static let options = remembered

  let importID: Int64
}

extension EnqueueOptions {
  /// Returns the options of a job of an import. Each import is its own group, so that a large one
  /// does not hold up a small one; a higher priority, or a user who is waiting, gets a larger
  /// share.
  static func of(_ item: Import, createdBy: Int64? = nil) -> EnqueueOptions {
    let priority = item.isForeground ? 1 : max(1, min(512, item.priority))
    return EnqueueOptions(
      group: "import:\(item.id)", groupWeight: 512 / Double(priority),
      object: JobSubject(type: "import", id: item.id), createdBy: createdBy ?? item.createdBy)
  }
}
