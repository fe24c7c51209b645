public import CSV
public import Foundation

/// One uploaded file with its mapping, its defaults and how far it has come (import-export.md 2.1).
public struct Import: Sendable, Hashable {
  /// How the parts of the file are spread over workers.
  public enum Mode: String, Sendable, Codable {
    /// Any part on any worker at any time.
    case parallel
    /// One part after the other: what the rows mean depends on those before them.
    case ordered
  }

  /// The import's number.
  public let id: Int64
  /// What its rows are.
  public var object: ImportObject
  /// Name of the file as uploaded.
  public var originalFile: String
  /// Where it stands.
  public var status: ImportStatus
  /// False while a user has stopped it.
  public var isPublished: Bool
  /// True once it was ended for good by a user; the status is then `stopped`.
  public var isCancelled: Bool
  /// 1 high, 64 normal, 512 low.
  public var priority: Int
  /// Data rows known so far, the header not counted.
  public var lineCount: Int
  /// Rows that made a new contact.
  public var insertedCount: Int
  /// Rows that met an existing contact.
  public var updatedCount: Int
  /// Rows that failed, empty ones included.
  public var ignoredCount: Int
  /// Names of the columns as read and trimmed (IMP-06).
  public var headers: [String]
  /// Column name → target, as given or guessed.
  public var fields: [String: String]
  /// What every contact gets.
  public var defaults: ImportDefaults
  /// How the file is read.
  public var parser: ImportParserSettings
  /// Consent to rows that nothing tells apart (IMP-13).
  public var allowDuplicates: Bool
  /// Whether it starts as soon as the file is here.
  public var autoStart: Bool
  /// Whether somebody waits for its end and looks on (IMP-22).
  public var isForeground: Bool
  /// Parts the file was cut into.
  public var partCount: Int
  /// Size of the file as received, bytes.
  public var sizeBytes: Int64
  /// SHA-256 of the stream as received, hex; nil until it was complete.
  public var fingerprint: String?
  /// Id of the job that drives it, while there is one.
  public var jobID: String?
  /// Why it failed or waits.
  public var error: ImportError?
  /// Reason of a delay, in words.
  public var statusInfo: String?
  /// When it was created.
  public var dateAdded: Date
  /// Id and name of the user who created it.
  public var createdBy: Int64?
  /// See `createdBy`.
  public var createdByUser: String?
  /// When it was changed by a user last.
  public var dateModified: Date?
  /// Id and name of the user who changed it last.
  public var modifiedBy: Int64?
  /// See `modifiedBy`.
  public var modifiedByUser: String?
  /// When the first worker took it up.
  public var dateStarted: Date?
  /// When it ended.
  public var dateEnded: Date?
  /// When counts were saved last.
  public var dateProgress: Date?
  /// How its parts run; nil until it is planned.
  public var mode: Mode?
  /// How the file is read in the end; nil until its beginning was seen.
  public internal(set) var format: CSVFormat?
  /// Grows with every start, so that jobs of an earlier one know that they are stale.
  public var runNumber: Int
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
  public var shownStatus: ImportStatus {
    switch status {
    case .queued, .inProgress, .delayed: isForeground ? .manual : status
    default: status
    }
  }

  /// Rows handled so far.
  public var processedCount: Int { insertedCount + updatedCount + ignoredCount }

  /// Percent with two decimals; nil while the number of rows is unknown (IMP-60, api.md 11.2).
  public var progress: Double? {
    if status == .imported { return 100 }
    guard status != .uploading else { return nil }
    guard lineCount > 0 else { return 0 }
    return (Double(processedCount) / Double(lineCount) * 10_000).rounded() / 100
  }

  /// Rows per second of the time it has run; 0 before it started (IMP-61).
  public func speed(at now: Date) -> Double {
    guard let dateStarted else { return 0 }
    let seconds = (dateEnded ?? now).timeIntervalSince(dateStarted)
    guard seconds > 0 else { return 0 }
    return (Double(processedCount) / seconds * 100).rounded() / 100
  }
}

/// The user in whose name something is done.
public struct ImportActor: Sendable, Hashable, Codable {
  /// The user's id.
  public var id: Int64?
  /// The user's name, as shown.
  public var name: String?

  /// An actor; without arguments the system itself.
  public init(id: Int64? = nil, name: String? = nil) {
    self.id = id
    self.name = name
  }
}
