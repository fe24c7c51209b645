import Contacts
import Foundation

/// A filter whose field is known and whose value has been read: what the compiler turns into SQL.
struct TypedFilter {
  let subject: FilterSubject
  let test: FilterTest
}

/// What a filter looks at.
struct FilterSubject {
  let object: FilterObject
  let kind: FilterKind
  let operators: Set<FilterOperator>
  let topics: Set<ChangeTopic>
  let source: FilterSource
  /// Whether a day may be taken as an instant, if the filter's type says so.
  var acceptsInstants = false

  /// How single values are stored; boolean where rows only exist or not.
  var storage: ValueStorage {
    switch source {
    case .value(_, let storage, _), .related(_, _, let storage), .optionalRow(_, _, let storage):
      storage
    case .existence: .boolean
    case .membership: .record
    }
  }
}

/// What a filter asks, with the rules for missing values (segments.md 4.2).
enum FilterTest {
  /// There is no value.
  case empty
  /// There is a value.
  case notEmpty
  /// The value is there and passes.
  case passes(ValueTest)
  /// The value is missing or does not pass (SEG-20).
  case fails(ValueTest)
  /// The value is not null and does not pass (SEG-21, SEG-62).
  case lacks(ValueTest)
  /// Each of these tests is passed by some value: only where there are several values.
  case passesAll([ValueTest])
  /// Some of these tests is passed by no value.
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

/// What is asked of one value that is not null. Texts are compared without regard to case (SEG-25).
enum ValueTest {
  /// Nothing passes.
  case nothing
  case text(String)
  case texts([String])
  case textOrder(ValueOrder, String)
  /// A pattern in the form of SQL's LIKE, with `\` before what is literal.
  case like(String)
  case regexp(String)
  case number(Double)
  case numberOrder(ValueOrder, Double)
  case numbers(ClosedBounds)
  case boolean(Bool)
  case record(Int64)
  case records([Int64])
  /// From the first edge on and before the second.
  case dates(from: DateEdge?, before: DateEdge?)
  case monthAndDay(Int, Int, zone: TimeZone)
  /// Holds each of these options.
  case options([String])
  /// Holds one of these options at least.
  case anyOption([String])
  /// The characters of a number or date, in the way of SEG-35 and SEG-44.
  indirect case characters(ValueTest, DateForm?)
}

/// The two ends of a closed range; `lower` may be above `upper`, and nothing lies between then.
struct ClosedBounds {
  let lower: Double
  let upper: Double
}

/// How two values lie to each other.
enum ValueOrder { case greater, greaterOrEqual, less, lessOrEqual }

/// Where a range of dates begins or ends.
enum DateEdge {
  /// The beginning of a day, for columns of days.
  case day(Int)
  /// An instant, for columns of instants.
  case instant(Date)
}

/// How a date is written where its characters are compared (SEG-44).
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
