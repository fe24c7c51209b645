import Foundation
import Postgres
import TestSupport

/// A contact as far as merges are concerned, as plainly as possible: the reference for merges.
struct MergePerson: Equatable, CustomStringConvertible {
  var id: Int64
  /// Minutes after ``testNow``, like every other instant here.
  var added: Int
  var modified: Int?
  var identified: Int?
  var active: Int?
  var points: Int
  var owner: Int64?
  var stage: Int64?
  /// Texts by alias; missing ones and "" are empty.
  var texts: [String: String]
  /// A number and a boolean: 0 and false are values.
  var score: Double?
  var agreed: Bool?
  /// Choices; an empty selection is empty.
  var choices: [String]?
  var tags: Set<Int64> = []
  var addresses: Set<Int64> = []
  /// Companies; true for the primary one.
  var companies: [Int64: Bool] = [:]
  /// Segments with "manually added" and "manually removed".
  var segments: [Int64: [Bool]] = [:]
  /// Channels with reasons.
  var doNotContact: [String: Int] = [:]
  var notes: Set<Int64> = []
  /// Old ids that redirect to this contact.
  var oldIDs: Set<Int64> = []

  static let textFields = ["title", "firstname", "lastname", "email", "city", "company", "twitter"]
  /// The default of the title (CON-72).
  static let defaultTitle = "Mr"

  var description: String {
    let values = texts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let groups = "\(companies) \(segments) \(doNotContact) \(tags) \(addresses) \(notes) \(oldIDs)"
    return """
      \(id) +\(added) ~\(modified ?? -1) !\(identified ?? -1) a\(active ?? -1) p\(points) \
      o\(owner ?? -1) g\(stage ?? -1) \(values) \(score as Any) \(agreed as Any) \
      \(choices as Any) \(groups)
      """
  }

  /// CON-72…77, SEG-112: returns the winner after absorbing a loser.
  func absorbing(_ loser: MergePerson, at now: Int, companyNames: [Int64: String]) -> MergePerson {
    var result = self
    let loserIsNewer = (loser.modified ?? loser.added) > (modified ?? added)
    let (newer, older) = loserIsNewer ? (loser, self) : (self, loser)
    for field in Self.textFields {
      let (new, old) = (newer.texts[field], older.texts[field])
      let isDefault = newer.identified == nil && field == "title" && new == Self.defaultTitle
      if let old, !old.isEmpty, (new ?? "").isEmpty || isDefault {
        result.texts[field] = old
      } else if let new, !new.isEmpty {
        result.texts[field] = new
      }
    }
    result.score = newer.score ?? older.score
    result.agreed = newer.agreed ?? older.agreed
    let newChoices = newer.choices ?? []
    let oldChoices = older.choices ?? []
    if !newChoices.isEmpty {
      result.choices = newChoices
    } else if !oldChoices.isEmpty {
      result.choices = oldChoices
    }
    result.points += loser.points
    result.owner = owner ?? loser.owner
    result.stage = stage ?? loser.stage
    result.identified = [identified, loser.identified].compactMap { $0 }.min()
    result.active = [active, loser.active].compactMap { $0 }.max()
    result.modified = now
    result.tags.formUnion(loser.tags)
    result.addresses.formUnion(loser.addresses)
    result.notes.formUnion(loser.notes)
    result.segments.merge(loser.segments) { mine, _ in mine }
    result.doNotContact.merge(loser.doNotContact) { min($0, $1) }
    let primary =
      newer.companies.first(where: \.value)?.key ?? older.companies.first(where: \.value)?.key
    for company in Set(companies.keys).union(loser.companies.keys) {
      result.companies[company] = company == primary
    }
    if let primary { result.texts["company"] = companyNames[primary] }
    result.oldIDs.formUnion(loser.oldIDs)
    result.oldIDs.insert(loser.id)
    return result
  }
}

extension MergePerson {
  /// Returns a contact with few possible values, so that two of them often agree and often do not.
  static func random(
    _ id: Int64, companyNames: [Int64: String], using random: inout SeededGenerator
  ) -> MergePerson {
    func maybe<T>(_ values: [T]) -> T? {
      Bool.random(using: &random) ? nil : values.randomElement(using: &random)
    }
    var person = MergePerson(
      id: id, added: .random(in: 0..<50, using: &random), modified: maybe(Array(0..<100)),
      identified: maybe(Array(0..<100)), active: maybe(Array(0..<100)),
      points: .random(in: -50..<50, using: &random), owner: maybe([1, 2]), stage: maybe([1, 2]),
      texts: [:], score: maybe([0, 1.5]), agreed: maybe([true, false]),
      choices: maybe([[], ["a"], ["a", "b"]]))
    for field in textFields {
      person.texts[field] = maybe(["", "x\(id % 3)", "Y\(id % 2)"])
    }
    person.texts["title"] = maybe([defaultTitle, "Dr"])
    person.tags = Set((1...4).filter { _ in Bool.random(using: &random) })
    person.addresses = Set((1...3).filter { _ in Bool.random(using: &random) })
    person.notes = [id * 10]
    let companies = companyNames.keys.sorted().filter { _ in Bool.random(using: &random) }
    let primary = companies.randomElement(using: &random)
    for company in companies { person.companies[company] = company == primary }
    if let primary { person.texts["company"] = companyNames[primary] }
    for segment in [1, 2, 3] as [Int64] {
      person.segments[segment] = maybe([[false, false], [true, false], [false, true]])
    }
    for channel in ["email", "sms"] { person.doNotContact[channel] = maybe([1, 2, 3]) }
    return person
  }
}
