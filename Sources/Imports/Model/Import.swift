package import CSV
package import Foundation

/// An uploaded file with its mapping, defaults and progress (import-export.md 2.1).
package struct Import: Sendable, Hashable {
  /// How the parts of the file are distributed to workers.
  package enum Mode: String, Sendable, Codable {
    /// Any part on any worker at any time.
    case parallel
    /// One part after another: the meaning of a row depends on those before it.
    case ordered
  }

  /// The import's id.
  package let id: Int64
  /// The object type of its rows.
  package var object: ImportObject
  /// The name of the uploaded file.
  package var originalFile: String
  /// The status.
  package var status: ImportStatus
  /// Whether it is enabled; false after a user has stopped it.
  package var isPublished: Bool
  /// Whether a user ended it permanently; the status is then `stopped`.
  package var isCancelled: Bool
  /// The priority: 1 high, 64 normal, 512 low.
  package var priority: Int
  /// The number of data rows known so far, without the header.
  package var lineCount: Int
  /// The number of rows that created a contact.
  package var insertedCount: Int
  /// The number of rows that matched an existing contact.
  package var updatedCount: Int
  /// The number of rows that failed, including empty ones.
  package var ignoredCount: Int
  /// The number of parts of cells that were left out, because no option or no name of a list fits (IMP-46).
  package var leftOutCount: Int
  /// What the user should know of the file as a whole, one sentence each.
  package var remarks: [String]
  /// The names of the columns, trimmed (IMP-06).
  package var headers: [String]
  /// Column name → target, as given or guessed.
  package var fields: [String: String]
  /// The defaults applied to every contact.
  package var defaults: ImportDefaults
  /// The requested parser settings.
  package var parser: ImportParserSettings
  /// Whether rows without any identifier are accepted (IMP-13).
  package var allowDuplicates: Bool
  /// Whether it starts as soon as the file has arrived.
  package var autoStart: Bool
  /// Whether a user is waiting for it to finish (IMP-22).
  package var isForeground: Bool
  /// The number of parts of the file.
  package var partCount: Int
  /// The size of the file as received, in bytes.
  package var sizeBytes: Int64
  /// The SHA-256 of the received stream in hexadecimal; nil until it is complete.
  package var fingerprint: String?
  /// The id of the job that drives it, if any.
  package var jobID: String?
  /// The reason for a failure or a delay.
  package var error: ImportError?
  /// The reason for a delay, as text.
  package var statusInfo: String?
  /// The time of creation.
  package var dateAdded: Date
  /// The id of the user who created it.
  package var createdBy: Int64?
  /// The name of the user who created it.
  package var createdByUser: String?
  /// The time of the last change by a user.
  package var dateModified: Date?
  /// The id of the user who last changed it.
  package var modifiedBy: Int64?
  /// The name of the user who last changed it.
  package var modifiedByUser: String?
  /// The time at which the first worker took it up.
  package var dateStarted: Date?
  /// The time at which it ended.
  package var dateEnded: Date?
  /// The time at which counts were last saved.
  package var dateProgress: Date?
  /// How far its undoing has come; nil if nobody asked for it.
  package var undo: ImportUndo?
  /// The mode in which its parts run; nil until it is planned.
  package var mode: Mode?
  /// The detected format of the file; nil until its beginning has been read.
  package internal(set) var format: CSVFormat?
  /// A number that grows with every start, by which jobs of an earlier start detect that they are
  /// stale.
  package var runNumber: Int
  /// The id of the contact that row 1 creates, once ids are reserved.
  var baseID: Int64?
  /// The time zone of dates that do not name one, fixed at the start: later changes of the setting
  /// do not apply.
  var timeZone: String?
  /// The number of jobs over which the deferred rows are spread.
  var bucketCount: Int
  /// The user whose records alone its rows may change; see ``ImportActor/ownerLimit``.
  var ownerLimit: Int64?
  /// Whether a mapping was given or guessed.
  var hasMapping: Bool

  /// The ids of the contacts that its rows can have made; nil before they are reserved.
  var reservedIDs: Range<Int64>? {
    guard object == .contact, let baseID, lineCount > 0 else { return nil }
    return baseID..<(baseID + Int64(lineCount))
  }

  /// The status shown to clients: foreground imports are ``ImportStatus/manual``.
  package var shownStatus: ImportStatus {
    switch status {
    case .queued, .inProgress, .delayed: isForeground ? .manual : status
    default: status
    }
  }

  /// The number of rows processed so far.
  package var processedCount: Int { insertedCount + updatedCount + ignoredCount }

  /// The progress in percent with two decimals; nil while the number of rows is unknown (IMP-60,
  /// api.md 11.2).
  package var progress: Double? {
    if status == .imported { return 100 }
    guard status != .uploading else { return nil }
    guard lineCount > 0 else { return 0 }
    return (Double(processedCount) / Double(lineCount) * 10_000).rounded() / 100
  }

  /// Returns the rows per second since the start; 0 before it (IMP-61).
  package func speed(at now: Date) -> Double {
    guard let dateStarted else { return 0 }
    let seconds = (dateEnded ?? now).timeIntervalSince(dateStarted)
    guard seconds > 0 else { return 0 }
    return (Double(processedCount) / seconds * 100).rounded() / 100
  }
}

/// The user on whose behalf an action is performed.
package struct ImportActor: Sendable, Hashable, Codable {
  /// The user's id.
  package var id: Int64?
  /// The display name of the user.
  package var name: String?
  /// The user whose records alone an import of the actor may change, 0 for nobody's; nil for all. Rows that match another
  /// record fail.
  package var ownerLimit: Int64?

  /// Creates an actor; without arguments the system itself.
  package init(id: Int64? = nil, name: String? = nil, ownerLimit: Int64? = nil) {
    self.id = id
    self.name = name
    self.ownerLimit = ownerLimit
  }
}
