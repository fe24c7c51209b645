import Testing

@testable import Exports

@Suite struct MigrationsTests {
  @Test func namesAreInOrder() {
    let names = ExportsMigrations.all.map(\.name)
    #expect(names == names.sorted())
  }
}
