import Testing

@testable import Points

@Suite struct PointsSkeletonTests {}
