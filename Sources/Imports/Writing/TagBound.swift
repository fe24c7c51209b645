import Contacts

/// The bound on the tags of a contact (CON-46), for the rows of a block.
struct TagBound {
  let layout: Layout
  let block: RowBlock
  let names: ResolvedNames
  let operations: Operations

  /// - Throws: ``RowsRefused`` with the rows that would give their contact too many tags; what earlier rows add stays.
  func check(_ children: Children) throws(RowsRefused) {
    guard layout.tagsSlot != nil || !names.defaultTags.isEmpty else { return }
    var refused = RowsRefused()
    for isNew in [false, true] {
      for target in operations.touched(new: isNew) {
        let before = isNew ? [] : children.tags[operations.targets[target].id] ?? []
        check(target, before, &refused)
      }
    }
    guard refused.rows.isEmpty else {
      refused.rows.sort { $0.row < $1.row }
      throw refused
    }
  }

  private func check(_ target: Int, _ before: Set<Int64>, _ refused: inout RowsRefused) {
    // Most contacts have a few: nothing is put together for them.
    var most = before.count + names.defaultTags.count
    operations.forEachRow(of: target) { most += changes($0).count }
    guard most > ContactBoundStore.tags else { return }
    var tags = before
    operations.forEachRow(of: target) { row in
      var next = tags
      for (tag, adds) in changes(row) + names.defaultTags {
        if adds { next.insert(tag) } else { next.remove(tag) }
      }
      if next.count > ContactBoundStore.tags, next.count > tags.count {
        refused.rows.append((row, "tags: \(ContactBoundStore.tooManyTags(next.count))"))
      } else {
        tags = next
      }
    }
  }

  private func changes(_ row: Int) -> [(tag: Int64, adds: Bool)] {
    guard let slot = layout.tagsSlot else { return [] }
    let cell = block.cell(row, slot)
    return cell.state == .set ? names.tags[Int(cell.number)] : []
  }
}
