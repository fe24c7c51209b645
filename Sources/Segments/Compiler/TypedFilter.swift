import Contacts
import Fields
import Foundation

/// A filter with its field resolved and its value read, ready to become SQL.
struct TypedFilter {
  let subject: FilterSubject
  let test: FilterTest
}

/// The field that a filter tests.
struct FilterSubject {
  let object: FilterObject
  let kind: FilterKind
  let operators: Set<FilterOperator>
  let topics: Set<ChangeTopic>
  let source: FilterSource
  /// Whether a day is compared as an instant if the filter's type says so.
  var acceptsInstants = false
  /// The closed list of its values: other names of one are compared as its stored name.
  var values: ValueList?

  /// The storage of single values; boolean where rows only exist or not.
  var storage: ValueStorage {
    switch source {
    case .value(_, let storage, _), .related(_, _, let storage), .optionalRow(_, _, let storage):
      storage
    case .existence: .boolean
    case .recentCount: .integer
    case .membership: .record
    }
  }
}

/// The test of a filter, with the rules for missing values (segments.md 4.2).
enum FilterTest {
  /// The value is missing.
  case empty
  /// The value is present.
  case notEmpty
  /// The value is present and passes.
  case passes(ValueTest)
  /// The value is missing or does not pass (SEG-20).
  case fails(ValueTest)
  /// The value is not null and does not pass (SEG-21, SEG-62).
  case lacks(ValueTest)
  /// Each of these tests is passed by some value; only for multiple values.
  case passesAll([ValueTest])
  /// At least one of these tests is passed by no value.
  case failsSome([ValueTest])
}

extension FilterTest {
  /// Whether a contact without any value satisfies it.
  var acceptsMissing: Bool {
    switch self {
    case .empty, .fails, .failsSome: true
    case .notEmpty, .passes, .lacks, .passesAll: false
    }
  }
}

/// A test of one value that is not null. Text is compared case-insensitively (SEG-25).
enum ValueTest {
  /// Nothing passes.
  case nothing
  case text(String)
  case texts([String])
  case textOrder(ValueOrder, String)
  /// An SQL LIKE pattern, with `\` before literal characters.
  case like(String)
  case regexp(String)
  case number(Double)
  case numberOrder(ValueOrder, Double)
  case numbers(ClosedBounds)
  case boolean(Bool)
  case record(Int64)
  case records([Int64])
  /// From the first edge, inclusive, to the second, exclusive.
  case dates(from: DateEdge?, before: DateEdge?)
  case monthAndDay(Int, Int, zone: TimeZone)
  /// Contains each of these options.
  case options([String])
  /// Contains at least one of these options.
  case anyOption([String])
  /// A test of the characters of a number or date (SEG-35, SEG-44).
  indirect case characters(ValueTest, DateForm?)
}

/// The ends of a closed range; if `lower` is above `upper`, the range is empty.
struct ClosedBounds {
  let lower: Double
  let upper: Double
}

/// An ordering comparison of two values.
enum ValueOrder { case greater, greaterOrEqual, less, lessOrEqual }

/// The beginning or end of a range of dates.
enum DateEdge {
  /// The beginning of a day, for columns of days.
  case day(Int)
  /// An instant, for columns of instants.
  case instant(Date)
}

/// The format of a date where its characters are compared (SEG-44).
enum DateForm {
  case day
  case dayOf(TimeZone)
  case second
}

extension FilterOperator {
  var order: ValueOrder? {
    switch self {
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    default: nil
    }
  }
}
