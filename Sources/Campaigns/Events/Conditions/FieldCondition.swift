import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import Segments

/// Compares a field of the contact, or of its primary company, as segments do (`lead.field_value`).
///
/// Two things differ from segments: `in` on multiple choices means at least one of them, and there is the
/// operator `date` with durations from today.
struct FieldCondition: CampaignCondition {
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    let fields = try await transaction.engine.fields.current(on: transaction.connection)
    return try Self.compile(
      event, fields: fields, timeZone: transaction.settings.timeZone, now: transaction.now)
  }

  /// - Returns: nil if the field does not exist.
  /// - Throws: ``ActionFailure`` for an impossible comparison.
  static func compile(
    _ event: CampaignEvent, fields: FieldSet, timeZone: TimeZone, now: Date
  ) throws -> SQL? {
    guard let alias = event.properties["field"]?.text,
      let field = fields.published(.contact).first(where: { $0.alias == alias })
        ?? fields.published(.company).first(where: { $0.alias == alias })
    else { return nil }
    let comparison = event.properties["operator"]?.text ?? "="
    let value = event.properties["value"] ?? .null
    if comparison == "date" {
      return try DateCondition.compile(field, value.text ?? "", timeZone: timeZone, now: now)
    }
    let (filter, asksForOne) = Self.filter(event, field, comparison, value)
    do {
      let filters = try SegmentFilters(json: .array([filter]))
      let compiled = try SegmentCompiler(
        registry: .contacts, fields: fields, timeZone: timeZone, now: now, segments: [:]
      ).compile(filters, references: .stored)
      return asksForOne ? "(NOT \(sql: compiled.condition))" : compiled.condition
    } catch {
      throw ActionFailure("the comparison cannot be made: \(error)", isFinal: true)
    }
  }

  /// Returns the comparison in the form of segments, and whether it is negated: there `in` means all of
  /// several choices and `!in` none; at least one is the opposite of none.
  private static func filter(
    _ event: CampaignEvent, _ field: Field, _ comparison: String, _ value: JSONValue
  ) -> (filter: JSONValue, asksForOne: Bool) {
    let asksForOne = field.type == .multiselect && comparison == "in"
    let filter: JSONValue = .object([
      "glue": .string("and"), "object": .string(field.object == .contact ? "lead" : "company"),
      "field": .string(field.alias), "type": .string(field.type.rawValue),
      "operator": .string(asksForOne ? "!in" : comparison),
      "properties": .object(["filter": value]),
    ])
    return (filter, asksForOne)
  }

  static let check: PropertyCheck = { event, check in
    do {
      let condition = try compile(
        event, fields: check.fields, timeZone: check.timeZone,
        now: Date(timeIntervalSince1970: 0))
      if condition == nil {
        let alias = event.properties["field"]?.text ?? ""
        check.refuseReference("field", "there is no field \(InvalidInput.shown(alias))")
        return
      }
    } catch let failure as ActionFailure {
      return check.refuse("value", failure.reason)
    }
    try await checkValue(event, &check)
  }

  /// Refuses a value that segments would refuse. A stored one is still compared, an invalid number as 0.
  private static func checkValue(_ event: CampaignEvent, _ check: inout EventCheck) async throws {
    let alias = event.properties["field"]?.text ?? ""
    let comparison = event.properties["operator"]?.text ?? "="
    let value = event.properties["value"] ?? .null
    let fields = check.fields.published(.contact) + check.fields.published(.company)
    guard comparison != "date", let field = fields.first(where: { $0.alias == alias }) else {
      return
    }
    let filters = try SegmentFilters(
      json: .array([filter(event, field, comparison, value).filter]))
    let compiler = SegmentCompiler(
      registry: .contacts, fields: check.fields, timeZone: check.timeZone,
      now: Date(timeIntervalSince1970: 0), segments: [:])
    // Fields that are not offered to segments are allowed here.
    for problem in compiler.check(filters) where problem.member != "field" {
      check.refuse(problem.member == "operator" ? "operator" : "value", problem.message)
    }
    guard ["regexp", "!regexp"].contains(comparison), let pattern = value.text else { return }
    do {
      try await check.connection.query("SELECT ''::text ~* \(pattern)")
    } catch {
      guard error.sqlState == .invalidRegularExpression else { throw error }
      // This error ends the transaction, so it is reported alone.
      throw CampaignError.refused(
        InvalidInput(
          "events", "\(EventCheck.name(event)): properties.value: \(error.message)"))
    }
  }
}

/// The operator `date`: a day relative to today, or an anniversary (campaigns.md 7.3).
enum DateCondition {
  static func compile(
    _ field: Field, _ text: String, timeZone: TimeZone, now: Date
  ) throws -> SQL {
    guard field.type == .date || field.type == .datetime else {
      throw ActionFailure("\(field.alias) is no date", isFinal: true)
    }
    let zone = FireZone(timeZone)
    let seconds = zone.local(now).seconds
    let today = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let table: SQL = field.object == .contact ? "c" : "co"
    let column: SQL = "\(sql: table).\(identifier: field.column)"
    // Instants are compared as days of the default zone here.
    let day: SQL =
      field.type == .date
      ? "\(sql: column)::date"
      : "((\(sql: column)::timestamp AT TIME ZONE 'UTC') AT TIME ZONE \(timeZone.identifier))::date"
    let matches: SQL
    if text == "anniversary" {
      let date = CivilDay.date(today)
      matches = """
        (extract(month FROM \(sql: day)) = \(date.month) AND extract(day FROM \(sql: day)) = \(date.day))
        """
    } else {
      guard let target = shift(today, by: text) else {
        throw ActionFailure(
          "\(InvalidInput.shown(text)) is neither a duration such as +P3D nor anniversary",
          isFinal: true)
      }
      matches = "\(sql: day) = date '1970-01-01' + \(target)::integer"
    }
    guard field.object == .company else { return "coalesce(\(sql: matches), false)" }
    return """
      EXISTS (SELECT FROM contact_companies cc JOIN companies co ON co.id = cc.company_id
        WHERE cc.contact_id = c.id AND cc.is_primary AND coalesce(\(sql: matches), false))
      """
  }

  /// Shifts a day by a duration: `+P1Y2M3W4D`, `-P7D`; times are ignored.
  static func shift(_ day: Int, by text: String) -> Int? {
    let isNegative = text.hasPrefix("-")
    var rest = (text.hasPrefix("+") || isNegative ? text.dropFirst() : text[...])
    guard rest.first == "P" else { return nil }
    rest = rest.dropFirst().prefix { $0 != "T" }
    var parts: [Character: Int] = [:]
    var digits = ""
    for character in rest {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else if "YMWD".contains(character), let number = Int(digits), number <= 100_000 {
        parts[character] = number
        digits = ""
      } else {
        return nil
      }
    }
    guard digits.isEmpty, !parts.isEmpty || text.contains("T") else { return nil }
    let sign = isNegative ? -1 : 1
    let trigger = FireTime(trigger: Trigger(), zone: FireZone(.gmt))
    var date = Date(timeIntervalSince1970: Double(day) * 86_400)
    for (part, unit, times) in [
      ("Y", Trigger.Unit.year, 1), ("M", .month, 1), ("W", .day, 7), ("D", .day, 1),
    ] as [(Character, Trigger.Unit, Int)] {
      date = trigger.add(sign * times * (parts[part] ?? 0), unit, to: date)
    }
    return Int(saturating: (date.timeIntervalSince1970 / 86_400).rounded(.down))
  }
}
