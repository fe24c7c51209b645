import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Random calls compared with an in-memory model (CON-30 to CON-35)")
struct CompanyLinksModelTests {
  /// The companies of one contact, in the order of addition.
  struct Model: Equatable {
    var companies: [(id: Int64, at: Double)] = []
    var primary: Int64?

    static func == (left: Model, right: Model) -> Bool {
      left.primary == right.primary && left.companies.map(\.id) == right.companies.map(\.id)
    }

    mutating func assign(_ ids: [Int64], at: Double, several: Bool) {
      let new = ids.enumerated().filter { place, id in
        !companies.contains { $0.id == id } && ids.firstIndex(of: id) == place
      }.map(\.element)
      guard let first = new.first else { return }
      if several {
        companies += new.map { ($0, at) }
      } else {
        companies = [(first, at)]
      }
      primary = first
    }

    mutating func setPrimary(_ id: Int64, at: Double, several: Bool) {
      guard primary != id else { return }
      if !several { companies.removeAll { $0.id != id } }
      if !companies.contains(where: { $0.id == id }) { companies.append((id, at)) }
      primary = id
    }

    mutating func remove(where isGone: (Int64) -> Bool) {
      companies.removeAll { isGone($0.id) }
      guard let current = primary, isGone(current) else { return }
      primary = companies.max { ($0.at, $0.id) < ($1.at, $1.id) }?.id
    }

    var text: String {
      let names = ["Acme", "Globex", "Initech"]
      let list = companies.map(\.id).sorted().map { "\($0)\($0 == primary ? "*" : "")" }
      return (list.isEmpty ? "-" : list.joined(separator: " ")) + " = "
        + (primary.map { names[Int($0) - 1] } ?? "-")
    }
  }

  @Test("Exactly one company is primary, and the field mirrors it, whatever is called")
  func followsTheModel() async throws {
    let seed = UInt64.random(in: 0 ... .max)
    try await CompanyBed.with { (bed) async throws in
      var random = SeededGenerator(seed: seed)
      var models: [Int64: Model] = [:]
      for step in 0..<150 {
        let contacts = (1...6 as ClosedRange<Int64>).filter { _ in Bool.random(using: &random) }
        let companies = (1...3 as ClosedRange<Int64>).shuffled(using: &random)
          .prefix(Int.random(in: 0...3, using: &random)).map { $0 }
        let one = Int64.random(in: 1...3, using: &random)
        var rules = CompanyRules()
        rules.allowsSeveral = Int.random(in: 0..<10, using: &random) > 0
        let (chosen, several, at) = (rules, rules.allowsSeveral, Double(step / 2))
        let action = Int.random(in: 0..<5, using: &random)
        try await bed.links(rules: chosen, seconds: at) { links in
          switch action {
          case 0: _ = try await links.assign(contacts, to: companies)
          case 1: _ = try await links.remove(contacts, from: companies)
          case 2: _ = try await links.setPrimary(contacts, to: one)
          case 3: _ = try await links.removePrimary(contacts)
          default:
            for contact in contacts { _ = try await links.replace(contact, by: companies) }
          }
        }
        let states = try await bed.states()
        for contact in contacts {
          var model = models[contact] ?? Model()
          switch action {
          case 0: model.assign(companies, at: at, several: several)
          case 1: model.remove { companies.contains($0) }
          case 2: model.setPrimary(one, at: at, several: several)
          case 3: model.remove { [primary = model.primary] in $0 == primary }
          default:
            model.assign(companies, at: at, several: several)
            model.remove { !companies.contains($0) }
          }
          models[contact] = model
          #expect(states[contact] == model.text, "seed \(seed), step \(step), action \(action)")
        }
      }
    }
  }
}
