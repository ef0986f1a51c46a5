//! Types that contain themselves: which members are boxed, and which types could never end.

use std::collections::{BTreeMap, VecDeque};

use super::Resolver;
use super::imports::chain;
use crate::error::SchemaError;
use crate::model::{Field, Type, TypeDef, TypeDefKind, TypeKind};

/// Up to this many edges a cycle's smallest set of boxes is found by trying all sets.
const EXHAUSTIVE_EDGES: usize = 10;

/// Work that dropping superfluous boxes may take; past it a few more members are boxed than must be.
const PRUNING_STEPS: usize = 20_000_000;

/// A member that holds a value of another declared type directly: not in a list, set or map.
#[derive(Debug, Clone, Copy)]
struct Edge {
    to: usize,
    /// Which field or variant.
    member: usize,
    /// Whether the value may be missing.
    optional: bool,
}

impl Resolver<'_> {
    /// Boxes as few members as it takes to give every type a size; reports types whose values never end.
    pub(super) fn box_cycles(&mut self, types: &mut [TypeDef]) {
        let edges: Vec<Vec<Edge>> = types.iter().map(|def| self.direct_members(types, def)).collect();
        self.report_infinite(types, &edges);
        let components = components(&edges);
        for component in components {
            for (from, member) in boxes(&component, &edges) {
                if let Some(field) = members_mut(&mut types[from]).get_mut(member) {
                    field.boxed = true;
                }
            }
        }
    }

    fn direct_members(&self, types: &[TypeDef], def: &TypeDef) -> Vec<Edge> {
        let target = |(member, field): (usize, &Field)| {
            let (to, optional) = direct(types, &field.ty)?;
            let known = !self.poisoned.contains(&field.ty.span);
            known.then_some(Edge { to, member, optional })
        };
        members(def).iter().enumerate().filter_map(target).collect()
    }

    fn report_infinite(&mut self, types: &[TypeDef], edges: &[Vec<Edge>]) {
        let finite = finite_types(types, edges);
        let mut seen = vec![false; types.len()];
        for start in 0..types.len() {
            let mut way: Vec<(usize, usize)> = Vec::new();
            let mut at = start;
            // From a type that never ends, some member always leads to another one.
            while !finite[at] && !seen[at] {
                seen[at] = true;
                let Some(edge) = edges[at].iter().find(|edge| !edge.optional && !finite[edge.to]) else {
                    break;
                };
                way.push((at, edge.member));
                at = edge.to;
            }
            let Some(first) = way.iter().position(|(id, _)| *id == at) else { continue };
            let mut names: Vec<&str> =
                way[first..].iter().map(|(id, _)| types[*id].meta.name.value.as_str()).collect();
            names.push(&types[at].meta.name.value);
            let (owner, member) = way[way.len() - 1];
            self.errors.push(SchemaError::InfiniteType {
                path: chain(&names),
                span: members(&types[owner])[member].ty.span,
                owner: types[owner].meta.name.value.clone(),
                ty: types[at].meta.name.value.clone(),
            });
        }
    }
}

fn members(def: &TypeDef) -> &[Field] {
    match &def.kind {
        TypeDefKind::Struct(record) => &record.fields,
        TypeDefKind::Union(union) => &union.variants,
        _ => &[],
    }
}

fn members_mut(def: &mut TypeDef) -> &mut [Field] {
    match &mut def.kind {
        TypeDefKind::Struct(record) => &mut record.fields,
        TypeDefKind::Union(union) => &mut union.variants,
        _ => &mut [],
    }
}

/// The struct or union that a value of `ty` holds in itself, and whether it may be missing.
fn direct(types: &[TypeDef], ty: &Type) -> Option<(usize, bool)> {
    let (mut ty, mut optional) = (ty, false);
    // Chains of aliases are bounded, and what may be missing holds nothing that may be missing.
    loop {
        match &ty.kind {
            TypeKind::Optional(inner) | TypeKind::Patch(inner) => (ty, optional) = (inner, true),
            TypeKind::Named(id) => match &types[id.0 as usize].kind {
                TypeDefKind::Alias(target) => ty = target,
                TypeDefKind::Struct(_) | TypeDefKind::Union(_) => return Some((id.0 as usize, optional)),
                TypeDefKind::Enum(_) | TypeDefKind::Error(_) => return None,
            },
            _ => return None,
        }
    }
}

/// Which types have a value that ends. A struct needs all its members to, a union one of them.
fn finite_types(types: &[TypeDef], edges: &[Vec<Edge>]) -> Vec<bool> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    let mut missing = vec![0usize; types.len()];
    for (from, out) in edges.iter().enumerate() {
        let required = out.iter().filter(|edge| !edge.optional);
        let is_union = matches!(types[from].kind, TypeDefKind::Union(_));
        let count = required.map(|edge| users[edge.to].push(from)).count();
        let ends_at_once = is_union && (count < members(&types[from]).len() || count == 0);
        missing[from] = if ends_at_once {
            0
        } else if is_union {
            1
        } else {
            count
        };
    }
    let mut finite: Vec<bool> = missing.iter().map(|missing| *missing == 0).collect();
    let mut queue: VecDeque<usize> = (0..types.len()).filter(|id| finite[*id]).collect();
    while let Some(id) = queue.pop_front() {
        for &user in &users[id] {
            missing[user] = missing[user].saturating_sub(1);
            if missing[user] == 0 && !std::mem::replace(&mut finite[user], true) {
                queue.push_back(user);
            }
        }
    }
    finite
}

/// Groups of types that contain each other, by Tarjan's algorithm without recursion.
fn components(edges: &[Vec<Edge>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut index = vec![NEW; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0);
    for root in 0..edges.len() {
        if index[root] != NEW {
            continue;
        }
        let mut way = vec![(root, 0)];
        while let Some((node, edge)) = way.last_mut() {
            let current = *node;
            if *edge == 0 && index[current] == NEW {
                (index[current], low[current]) = (next, next);
                next += 1;
                stack.push(current);
                on_stack[current] = true;
            }
            if let Some(out) = edges[current].get(*edge) {
                *edge += 1;
                if index[out.to] == NEW {
                    way.push((out.to, 0));
                } else if on_stack[out.to] {
                    low[current] = low[current].min(index[out.to]);
                }
                continue;
            }
            way.pop();
            if let Some((parent, _)) = way.last() {
                low[*parent] = low[*parent].min(low[current]);
            }
            if low[current] == index[current] {
                let at = stack.iter().rposition(|id| *id == current).unwrap_or(0);
                let mut component = stack.split_off(at);
                component.iter().for_each(|id| on_stack[*id] = false);
                component.sort_unstable();
                let cyclic = component.len() > 1 || edges[current].iter().any(|edge| edge.to == current);
                if cyclic {
                    found.push(component);
                }
            }
        }
    }
    found
}

/// Members of one component to box, as type and member.
fn boxes(component: &[usize], edges: &[Vec<Edge>]) -> Vec<(usize, usize)> {
    let position: BTreeMap<usize, usize> = component.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    // Members between the same two types are boxed together or not at all.
    let mut bundles: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (from, id) in component.iter().enumerate() {
        for edge in &edges[*id] {
            if let Some(to) = position.get(&edge.to) {
                bundles.entry((from, *to)).or_default().push(edge.member);
            }
        }
    }
    let ends: Vec<(usize, usize)> = bundles.keys().copied().collect();
    let weights: Vec<usize> = bundles.values().map(Vec::len).collect();
    let cut = if ends.len() <= EXHAUSTIVE_EDGES {
        smallest_cut(component.len(), &ends, &weights)
    } else {
        small_cut(component.len(), &ends, &weights)
    };
    let cut = bundles.into_iter().zip(cut).filter(|(_, cut)| *cut);
    cut.flat_map(|(((from, _), members), _)| members.into_iter().map(move |member| (component[from], member)))
        .collect()
}

/// The cut with the least weight, the first such in source order.
fn smallest_cut(nodes: usize, ends: &[(usize, usize)], weights: &[usize]) -> Vec<bool> {
    let mut best: Option<(usize, Vec<bool>)> = None;
    for set in 0u32..1 << ends.len() {
        let cut: Vec<bool> = (0..ends.len()).map(|at| set & (1 << at) != 0).collect();
        let weight = (0..ends.len()).filter(|at| cut[*at]).map(|at| weights[at]).sum();
        if best.as_ref().is_none_or(|(least, _)| weight < *least) && is_acyclic(nodes, ends, &cut) {
            best = Some((weight, cut));
        }
    }
    best.map_or_else(|| vec![true; ends.len()], |(_, cut)| cut)
}

/// A cut of which no edge can be left out: the better one of those that close a cycle on a walk from the
/// first type, and those that lead into the type with most of them.
fn small_cut(nodes: usize, ends: &[(usize, usize)], weights: &[usize]) -> Vec<bool> {
    let mut into = vec![0usize; nodes];
    ends.iter().for_each(|(_, to)| into[*to] += 1);
    let hub = (0..nodes).rev().max_by_key(|node| into[*node]).unwrap_or(0);
    let weight =
        |cut: &[bool]| -> usize { (0..ends.len()).filter(|at| cut[*at]).map(|at| weights[at]).sum() };
    let walks = [0, hub].map(|start| back_edges(nodes, ends, start));
    let around_hub: Vec<bool> = {
        let out: Vec<bool> = ends.iter().map(|(from, _)| *from == hub).collect();
        let rest = back_edges_without(nodes, ends, hub, &out);
        out.iter().zip(rest).map(|(out, rest)| *out || rest).collect()
    };
    let mut budget = PRUNING_STEPS;
    let pruned = walks.into_iter().chain([around_hub]).map(|mut cut| {
        for at in 0..ends.len() {
            if cut[at] && budget > ends.len() {
                budget -= ends.len();
                cut[at] = false;
                cut[at] = !is_acyclic(nodes, ends, &cut);
            }
        }
        cut
    });
    pruned.min_by_key(|cut| weight(cut)).unwrap_or_else(|| vec![true; ends.len()])
}

fn back_edges(nodes: usize, ends: &[(usize, usize)], start: usize) -> Vec<bool> {
    back_edges_without(nodes, ends, start, &vec![false; ends.len()])
}

/// Edges that lead back to a node on the way, on a depth-first walk over the edges that are not cut.
fn back_edges_without(nodes: usize, ends: &[(usize, usize)], start: usize, cut: &[bool]) -> Vec<bool> {
    let out = outgoing(nodes, ends, cut);
    let (mut open, mut done) = (vec![false; nodes], vec![false; nodes]);
    let mut back = vec![false; ends.len()];
    for root in std::iter::once(start).chain(0..nodes) {
        if done[root] {
            continue;
        }
        let mut way = vec![(root, 0)];
        open[root] = true;
        while let Some((node, next)) = way.last_mut() {
            let current = *node;
            let Some(&at) = out[current].get(*next) else {
                (open[current], done[current]) = (false, true);
                way.pop();
                continue;
            };
            *next += 1;
            let to = ends[at].1;
            if open[to] {
                back[at] = true;
            } else if !done[to] {
                open[to] = true;
                way.push((to, 0));
            }
        }
    }
    back
}

fn outgoing(nodes: usize, ends: &[(usize, usize)], cut: &[bool]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); nodes];
    for (at, (from, _)) in ends.iter().enumerate() {
        if !cut[at] {
            out[*from].push(at);
        }
    }
    out
}

fn is_acyclic(nodes: usize, ends: &[(usize, usize)], cut: &[bool]) -> bool {
    let out = outgoing(nodes, ends, cut);
    let mut into = vec![0usize; nodes];
    out.iter().flatten().for_each(|at| into[ends[*at].1] += 1);
    let mut queue: Vec<usize> = (0..nodes).filter(|node| into[*node] == 0).collect();
    let mut reached = 0;
    while let Some(node) = queue.pop() {
        reached += 1;
        for at in &out[node] {
            let to = ends[*at].1;
            into[to] -= 1;
            if into[to] == 0 {
                queue.push(to);
            }
        }
    }
    reached == nodes
}
