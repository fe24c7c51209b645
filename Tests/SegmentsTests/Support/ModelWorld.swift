import Contacts
import Fields
import Foundation
import Primitives

/// A value of a contact or company as the reference evaluator knows it; a missing one is absent.
enum ModelValue: Equatable {
  case text(String)
  case number(Double)
  case boolean(Bool)
  /// A day as `YYYY-MM-DD`.
  case day(String)
  case instant(Date)
  case options([String])
  case record(Int64)
}

/// A contact as plain values.
struct ModelContact {
  var id: Int64
  /// By column: aliases of fields, `owner_id`, `stage_id`, `date_added` …
  var values: [String: ModelValue] = [:]
  /// The values of the primary company; `nil` without one.
  var company: [String: ModelValue]?
  var tags: Set<Int64> = []
  /// Subscribed categories.
  var categories: Set<Int64> = []
  /// The reason by channel.
  var doNotContact: [String: DoNotContactReason] = [:]
  /// By column: `device`, `device_brand`, `device_model`, `device_os_name`.
  var devices: [[String: String]] = []
  /// By column: `utm_source` …
  var utm: [[String: String]] = []
}

/// A segment as plain values.
struct ModelSegment {
  /// The filters as JSON, as the evaluator reads them.
  var filters: JSONValue
  /// The contacts added by hand.
  var pinned: Set<Int64> = []
  /// The contacts removed by hand.
  var barred: Set<Int64> = []
}

/// Everything that segments can read, at one instant.
struct ModelWorld {
  var contacts: [ModelContact] = []
  var segments: [Int64: ModelSegment] = [:]
  /// The fields of contacts and companies by alias.
  var fields: [String: (object: FieldObject, type: FieldType)] = [:]
  var timeZone = TimeZone.gmt
  var now = Date(timeIntervalSince1970: 1_790_000_000)
}
