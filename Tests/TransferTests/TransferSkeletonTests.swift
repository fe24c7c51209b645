import Testing

@testable import Transfer

@Suite struct TransferSkeletonTests {}
