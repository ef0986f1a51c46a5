//! Which values hold which, from operations down: a change of a type is a change wherever it travels.

use std::collections::{HashMap, HashSet};

use lymph_idl::model::TypeId;

use crate::pair::Pair;
use crate::position::Position;
use crate::steps;

/// Operations told of one change; what is more is only counted.
const MAX_OPERATIONS: usize = 50;

/// Nodes visited in search of the operations of one change.
const MAX_VISITS: usize = 10_000;

/// A node of a [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u32);

/// Values of both sides that meet: those of an operation, or two declared types.
#[derive(Debug)]
struct Node {
    /// Of operations: where its values travel, and what people call it.
    operation: Option<(Position, String)>,
    /// The package on the new side.
    package: String,
    /// Of types that are called otherwise on the old side: package and name there.
    former: Option<String>,
    holds: Vec<NodeId>,
    held_by: Vec<NodeId>,
    positions: u8,
}

/// Where the values of a node travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reach {
    pub position: Position,
    /// Sorted as they were declared.
    pub operations: Vec<String>,
    /// How many there are, at least.
    pub total: usize,
    /// The packages of the operations, sorted.
    pub packages: Vec<String>,
}

/// Which values hold which.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    types: HashMap<Pair<TypeId>, NodeId>,
    /// The types of each side that met one of the other.
    met: Pair<HashSet<TypeId>>,
}

impl Graph {
    /// The values of an operation at a position.
    pub(crate) fn operation(&mut self, position: Position, name: String, package: &str) -> NodeId {
        self.add(Some((position, name)), package, None)
    }

    /// Two declared types that meet; also whether they meet for the first time. `former` is what the old one is
    /// called where that is something else.
    pub(crate) fn types(
        &mut self,
        types: Pair<TypeId>,
        package: &str,
        former: Option<String>,
    ) -> (NodeId, bool) {
        if let Some(node) = self.types.get(&types) {
            return (*node, false);
        }
        let node = self.add(None, package, former);
        self.types.insert(types, node);
        self.met.old.insert(types.old);
        self.met.new.insert(types.new);
        (node, true)
    }

    /// Whether two declared types have met.
    pub(crate) fn have_met(&self, types: Pair<TypeId>) -> bool {
        self.types.contains_key(&types)
    }

    /// The types of each side that met one of the other.
    pub(crate) fn met(&self) -> Pair<&HashSet<TypeId>> {
        self.met.as_ref()
    }

    /// Says that values of one node are parts of another's.
    pub(crate) fn hold(&mut self, holder: NodeId, held: NodeId) {
        self.nodes[holder.0 as usize].holds.push(held);
        self.nodes[held.0 as usize].held_by.push(holder);
    }

    fn add(
        &mut self,
        operation: Option<(Position, String)>,
        package: &str,
        former: Option<String>,
    ) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("fewer than 2^32 pairs of types"));
        let (holds, held_by) = (Vec::new(), Vec::new());
        let package = package.to_owned();
        self.nodes.push(Node { operation, package, former, holds, held_by, positions: 0 });
        id
    }

    /// Finds out where every node's values travel. To be called once, when all is known.
    ///
    /// Nothing is cut short in cycles: a node is in a position when some operation of that position
    /// reaches it on any way.
    pub(crate) fn spread_positions(&mut self) {
        for position in Position::ALL {
            let bit = 1 << position as u8;
            let is_root = |node: &Node| matches!(node.operation, Some((found, _)) if found == position);
            let roots = self.nodes.iter().zip(0..).filter(|(node, _)| is_root(node));
            let mut queue: Vec<u32> = roots.map(|(_, id)| id).collect();
            while let Some(id) = queue.pop() {
                let node = &mut self.nodes[id as usize];
                if node.positions & bit != 0 {
                    continue;
                }
                node.positions |= bit;
                queue.extend(node.holds.iter().map(|held| held.0));
            }
        }
    }

    /// Looks where values travel, once their positions are spread.
    pub(crate) fn search(&self) -> Search<'_> {
        steps::note(self.nodes.len());
        Search { graph: self, seen: vec![0; self.nodes.len()], round: 0 }
    }
}

/// Finds the operations that reach nodes. Made once for many of them, as it keeps a place for every node.
pub(crate) struct Search<'g> {
    graph: &'g Graph,
    /// The round that last saw each node.
    seen: Vec<u32>,
    round: u32,
}

impl Search<'_> {
    /// What the old one of two declared types is called, where that is something else than the new one.
    pub(crate) fn former(&self, node: NodeId) -> Option<&str> {
        self.graph.nodes[node.0 as usize].former.as_deref()
    }

    /// Where a node's values travel. A type that no operation reaches may be somebody else's import, so
    /// it is taken to travel everywhere.
    pub(crate) fn reach(&mut self, node: NodeId) -> Vec<Reach> {
        let nodes = &self.graph.nodes;
        let positions = nodes[node.0 as usize].positions;
        let operations = self.operations(node);
        let wanted =
            Position::ALL.into_iter().filter(|it| positions == 0 || positions & (1 << *it as u8) != 0);
        wanted
            .map(|position| {
                let mut reach = Reach { position, operations: Vec::new(), total: 0, packages: Vec::new() };
                for id in &operations {
                    let node = &nodes[id.0 as usize];
                    let Some((_, name)) = node.operation.as_ref().filter(|(here, _)| *here == position)
                    else {
                        continue;
                    };
                    if reach.operations.last() != Some(name) {
                        reach.total += 1;
                        if reach.operations.len() < MAX_OPERATIONS {
                            reach.operations.push(name.clone());
                        }
                    }
                    if !reach.packages.contains(&node.package) {
                        reach.packages.push(node.package.clone());
                    }
                }
                reach.packages.sort_unstable();
                reach
            })
            .collect()
    }

    /// The operations that reach a node, in the order in which they were declared.
    fn operations(&mut self, node: NodeId) -> Vec<NodeId> {
        let Self { graph: Graph { nodes, .. }, seen, round } = self;
        *round += 1;
        seen[node.0 as usize] = *round;
        let mut visited = vec![node];
        let mut next = 0;
        while let Some(id) = visited.get(next) {
            next += 1;
            for holder in &nodes[id.0 as usize].held_by {
                if visited.len() < MAX_VISITS && seen[holder.0 as usize] != *round {
                    seen[holder.0 as usize] = *round;
                    visited.push(*holder);
                }
            }
        }
        steps::note(visited.len());
        visited.retain(|id| nodes[id.0 as usize].operation.is_some());
        visited.sort_unstable();
        visited
    }
}
