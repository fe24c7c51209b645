package import CSV
package import Foundation

/// One uploaded file with its mapping, its defaults and how far it has come (import-export.md 2.1).
package struct Import: Sendable, Hashable {
  /// How the parts of the file are spread over workers.
  package enum Mode: String, Sendable, Codable {
    /// Any part on any worker at any time.
    case parallel
    /// One part after the other: what the rows mean depends on those before them.
    case ordered
  }

  /// The import's id.
  package let id: Int64
  /// What its rows are.
  package var object: ImportObject
  /// Name of the file as uploaded.
  package var originalFile: String
  /// Where it stands.
  package var status: ImportStatus
  /// False while a user has stopped it.
  package var isPublished: Bool
  /// True once it was ended for good by a user; the status is then `stopped`.
  package var isCancelled: Bool
  /// 1 high, 64 normal, 512 low.
  package var priority: Int
  /// Data rows known so far, the header not counted.
  package var lineCount: Int
  /// Rows that made a new contact.
  package var insertedCount: Int
  /// Rows that met an existing contact.
  package var updatedCount: Int
  /// Rows that failed, empty ones included.
  package var ignoredCount: Int
  /// Names of the columns as read and trimmed (IMP-06).
  package var headers: [String]
  /// Column name → target, as given or guessed.
  package var fields: [String: String]
  /// What every contact gets.
  package var defaults: ImportDefaults
  /// How the file is read.
  package var parser: ImportParserSettings
  /// Consent to rows that nothing tells apart (IMP-13).
  package var allowDuplicates: Bool
  /// Whether it starts as soon as the file is here.
  package var autoStart: Bool
  /// Whether somebody waits for its end and looks on (IMP-22).
  package var isForeground: Bool
  /// Parts the file was cut into.
  package var partCount: Int
  /// Size of the file as received, bytes.
  package var sizeBytes: Int64
  /// SHA-256 of the stream as received, hex; nil until it was complete.
  package var fingerprint: String?
  /// Id of the job that drives it, while there is one.
  package var jobID: String?
  /// Why it failed or waits.
  package var error: ImportError?
  /// Reason of a delay, in words.
  package var statusInfo: String?
  /// When it was created.
  package var dateAdded: Date
  /// Id and name of the user who created it.
  package var createdBy: Int64?
  /// See `createdBy`.
  package var createdByUser: String?
  /// When it was changed by a user last.
  package var dateModified: Date?
  /// Id and name of the user who changed it last.
  package var modifiedBy: Int64?
  /// See `modifiedBy`.
  package var modifiedByUser: String?
  /// When the first worker took it up.
  package var dateStarted: Date?
  /// When it ended.
  package var dateEnded: Date?
  /// When counts were saved last.
  package var dateProgress: Date?
  /// How its parts run; nil until it is planned.
  package var mode: Mode?
  /// How the file is read in the end; nil until its beginning was seen.
  package internal(set) var format: CSVFormat?
  /// Grows with every start, so that jobs of an earlier one know that they are stale.
  package var runNumber: Int
  /// The id of the contact that row 1 makes, once ids are reserved.
  var baseID: Int64?
  /// The zone of dates that name none, once it was begun: a change of the setting meanwhile does
  /// not reach it.
  var timeZone: String?
  /// Over how many jobs the rows put aside are spread.
  var bucketCount: Int
  /// Whether a mapping was given or guessed.
  var hasMapping: Bool

  /// Where it stands as clients see it: what is done in the foreground is ``ImportStatus/manual``.
  package var shownStatus: ImportStatus {
    switch status {
    case .queued, .inProgress, .delayed: isForeground ? .manual : status
    default: status
    }
  }

  /// Rows handled so far.
  package var processedCount: Int { insertedCount + updatedCount + ignoredCount }

  /// Percent with two decimals; nil while the number of rows is unknown (IMP-60, api.md 11.2).
  package var progress: Double? {
    if status == .imported { return 100 }
    guard status != .uploading else { return nil }
    guard lineCount > 0 else { return 0 }
    return (Double(processedCount) / Double(lineCount) * 10_000).rounded() / 100
  }

  /// Rows per second of the time it has run; 0 before it started (IMP-61).
  package func speed(at now: Date) -> Double {
    guard let dateStarted else { return 0 }
    let seconds = (dateEnded ?? now).timeIntervalSince(dateStarted)
    guard seconds > 0 else { return 0 }
    return (Double(processedCount) / seconds * 100).rounded() / 100
  }
}

/// The user in whose name something is done.
package struct ImportActor: Sendable, Hashable, Codable {
  /// The user's id.
  package var id: Int64?
  /// The user's name, as shown.
  package var name: String?

  /// An actor; without arguments the system itself.
  package init(id: Int64? = nil, name: String? = nil) {
    self.id = id
    self.name = name
  }
}
